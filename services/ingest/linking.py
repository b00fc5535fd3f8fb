"""Whose measurement a file is: the specimen that its name, its header and its manifest name. Pure.

Ids are read as people and instruments write them: in small letters, with underscores, blanks or dots for hyphens.
Nothing is guessed. Two places that name different specimens contradict each other, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from loop.counting import some_of

__all__ = ["Link", "Naming", "Unlinked", "ids_in", "whose"]

_NEAR = 0.85
"""Ids that are less alike than this are not taken for each other's slip."""

_BEFORE = r"(?<![A-Z0-9])"
_BEHIND = r"[-_ .]?(?:C(\d{3,})[-_ .](\d{2,})(?:[-_ .]?S(\d+))?|X(\d{4,}))(?![A-Z0-9])"
"""Around a campaign's name: cycle, number and specimen of a proposal, or number of a specimen that nobody proposed."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A place where a specimen may be named, and what stands there: ``the file's name``, ``the manifest``."""

    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The campaign and what was measured: a specimen, or a proposal whose specimen was not numbered."""

    campaign: str
    proposal: str = ""
    specimen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked:
    """Why nobody can tell whose measurement a file is, and what a person may do."""

    reason: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True, order=True)
class _Id:
    campaign: str
    proposal: str
    specimen: str

    def __str__(self) -> str:
        return self.specimen or self.proposal

    def agrees(self, other: _Id) -> bool:
        """Whether two ids may be of one thing: the same, or a proposal and one of its specimens."""
        if self.specimen and other.specimen:
            return self.specimen == other.specimen
        return bool(self.proposal) and self.proposal == other.proposal


def whose(
    namings: Iterable[Naming], *, campaigns: Sequence[str], proposals: Sequence[str], specimens: Sequence[str]
) -> Link | Unlinked:
    """Say whose measurement a file is.

    Parameters
    ----------
    namings
        Every place that may name it, the most telling first.
    campaigns
        Those that there are: only ids of these are looked for.
    proposals, specimens
        Ids that there are. A specimen that is not there yet is linked where its proposal is: analyses may come before
        the results of its tests.
    """
    found = [(naming.where, id_) for naming in namings for id_ in _ids_in(naming.text, campaigns)]
    if not found:
        return Unlinked(
            reason="nothing names its specimen: neither its name nor its header nor a manifest",
            suggestion="say it: meguri inbox link; or put the specimen's id into the file's name, or into a manifest",
        )
    where, first = found[0]
    for other_where, other in found[1:]:
        if not first.agrees(other):
            return Unlinked(
                reason=f"{where} says {first}, {other_where} says {other}",
                suggestion="see which one is right, and link it by hand",
            )
    named = max((id_ for _, id_ in found), key=lambda id_: len(id_.specimen))
    known = set(specimens) if not named.proposal else set(proposals)
    wanted = named.proposal or named.specimen
    if wanted not in known:
        near = get_close_matches(wanted, sorted(known), n=3, cutoff=_NEAR)
        return Unlinked(
            reason=f"{where} says {named}, and {named.campaign} has no {wanted}",
            suggestion=f"is {some_of(near)} meant?" if near else "",
        )
    return Link(campaign=named.campaign, proposal=named.proposal, specimen=named.specimen)


def ids_in(text: str, campaigns: Sequence[str]) -> list[str]:
    """List the ids of proposals and specimens that a text names, in order, as they are written here."""
    return [str(id_) for id_ in _ids_in(text, campaigns)]


def _ids_in(text: str, campaigns: Sequence[str]) -> list[_Id]:
    found = []
    for campaign in sorted(campaigns, key=len, reverse=True):
        name = r"[-_ .]?".join(map(re.escape, campaign.split("-")))
        pattern = _BEFORE + name + _BEHIND
        for match in re.finditer(pattern, text.upper()):
            cycle, number, replicate, external = match.groups()
            if external:
                found.append((match.start(), _Id(campaign, "", f"{campaign}-X{external}")))
                continue
            proposal = f"{campaign}-C{cycle}-{number}"
            found.append((match.start(), _Id(campaign, proposal, f"{proposal}-S{int(replicate)}" if replicate else "")))
    return [id_ for _, id_ in sorted(found, key=lambda place: place[0])]
