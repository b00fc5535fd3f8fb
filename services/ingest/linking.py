"""Whose measurement a file is: the specimen that its name, its header and its manifest name. Pure.

Ids are read as people and instruments write them: in small letters, with underscores, blanks or dots for hyphens.
Nothing is guessed. Two places that name different specimens contradict each other, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import PurePath

from loop.counting import some_of
from services.ingest.wording import normalise

__all__ = ["Link", "Naming", "Unlinked", "ids_in", "whose"]

_NEAR = 0.85
"""Ids that are less alike than this are not taken for each other's slip."""

_TELLING = 3
"""Own names shorter than this are found only where they stand alone."""

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
    namings: Iterable[Naming],
    *,
    campaigns: Sequence[str],
    proposals: Sequence[str],
    specimens: Sequence[str],
    own: tuple[tuple[str, str], ...] = (),
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
    own
        What people call specimens, each with its id. A short name, or one of digits alone, must stand by itself.
    """
    found = [(naming.where, id_) for naming in namings for id_ in _all_in(naming.text, campaigns, own)]
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


def _all_in(text: str, campaigns: Sequence[str], own: tuple[tuple[str, str], ...]) -> list[_Id]:
    """List ids and own names that a text holds; where it holds an id, that is the name."""
    found = _ids_in(text, campaigns)
    if found or not own:
        return found
    folded, (pattern, ids) = _plain(text), _own_names(own)
    alone = [*ids.get(folded, ()), *ids.get(_plain(PurePath(text).stem), ())]
    inside = [id_ for match in pattern.finditer(folded) for id_ in ids[match.group()]] if pattern is not None else []
    return [_Id(id_.rpartition("-X")[0], "", id_) for id_ in dict.fromkeys([*alone, *inside])]


def _plain(text: str) -> str:
    return " ".join(normalise(text).casefold().split())


@lru_cache(maxsize=16)
def _own_names(own: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str] | None, Mapping[str, list[str]]]:
    """Return what finds telling names in a text, and the ids by name; names in the form in which they are compared."""
    ids: dict[str, list[str]] = {}
    for name, id_ in own:
        ids.setdefault(_plain(name), []).append(id_)
    telling = [name for name in ids if len(name) >= _TELLING and re.search(r"\d", name) and re.search(r"[^\W\d]", name)]
    if not telling:
        return None, ids
    listed = "|".join(map(re.escape, sorted(telling, key=len, reverse=True)))
    return re.compile(rf"(?<![^\W_])(?:{listed})(?![^\W_])"), ids


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
