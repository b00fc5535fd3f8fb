"""The names that a question may use, and what each means: fields of a measurement, and what is known around it.

A plain name is a field first. Else it is looked for among targets and parameters of the specimen, amounts and
conditions of the measurement; one that several of them have is asked for with what it is of: ``made.temperature``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from loop.hints import did_you_mean
from services.campaign.finding.errors import QueryError
from services.campaign.finding.syntax import Word
from services.campaign.finding.truth import folded

__all__ = ["FIELDS", "Kind", "Name", "Names"]

Kind = Literal["number", "text", "moment", "setting"]
"""What stands under a name; a setting is a number or a word."""

FIELDS: Mapping[str, tuple[Kind, str, str]] = {
    "id": ("text", "", "Id of the measurement."),
    "file": ("text", "", "Name of its file."),
    "reader": ("text", "", "What read the file."),
    "label": ("text", "", "Which of several measurements of its file."),
    "modality": ("text", "", "Kind of analysis or test."),
    "campaign": ("text", "", "Campaign that it belongs to."),
    "proposal": ("text", "", "Proposal that it belongs to."),
    "specimen": ("text", "", "Specimen that it belongs to."),
    "judgement": ("text", "", "Kept, doubted or excluded."),
    "doubt": ("text", "", "Kinds of what looks wrong."),
    "instrument": ("text", "", "Instrument, as the file says it."),
    "operator": ("text", "", "Operator, as the file says it."),
    "session": ("text", "", "Session of the instrument."),
    "measured": ("moment", "", "When it was measured."),
    "received": ("moment", "", "When its file came in."),
    "batch": ("text", "", "Compound batch."),
    "moulding_run": ("text", "", "Run of the moulding machine."),
    "bar": ("text", "", "Test piece of the run."),
    "conditioning": ("text", "", "How the piece was kept before the test."),
    "age": ("number", "days", "Age of the piece when it was measured."),
    "cycle": ("number", "", "Cycle of the campaign that the specimen belongs to."),
}
"""Fields of every measurement: what stands there, its unit, what it means."""

_OF: Mapping[str, str] = {
    "target": "a target",
    "made": "a parameter",
    "amount": "an amount of the measurement",
    "condition": "a condition of the measurement",
}
"""What a name in front of a point says that it is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One thing that may be asked for: `key` is the whole name; `units` are those that its numbers stand in."""

    key: str
    kind: Kind
    units: tuple[str, ...] = ("",)

    @property
    def of(self) -> str:
        """What it is of (``target``, ``made``, …); empty for a field."""
        return self.key.partition(".")[0] if "." in self.key else ""

    @property
    def plain(self) -> str:
        """The name without what it is of."""
        return self.key.partition(".")[2] if "." in self.key else self.key


class Names:
    """Every name that may be asked for.

    Parameters
    ----------
    others
        What is known beside the fields, by ``target.modulus``, ``made.talc``, ``amount.ash``, ``condition.speed``.
    """

    def __init__(self, others: Iterable[Name]) -> None:
        fields = [Name(key=key, kind=kind, units=(unit,)) for key, (kind, unit, _) in FIELDS.items()]
        self._whole: dict[str, Name] = {}
        self._plain: dict[str, list[Name]] = {}
        for name in (*fields, *others):
            self._whole[_same(name.key)] = name
            if name.of:
                self._plain.setdefault(_same(name.plain), []).append(name)

    def find(self, text: str, word: Word) -> Name:
        """Return what a word of a question means.

        Raises
        ------
        QueryError
            If nothing has that name, or several have; says which names are near.
        """
        wanted = _same(word.text)
        if wanted in self._whole:
            return self._whole[wanted]
        found = self._plain.get(wanted, [])
        if len(found) == 1:
            return found[0]
        if found:
            told = " and ".join(_OF[name.of] for name in found)
            hint = f"write {' or '.join(name.key for name in found)}"
            raise QueryError(text, word.at, f"{word.text} is {told}", hint, word.width)
        known = [*FIELDS, *dict.fromkeys(name.plain for names in self._plain.values() for name in names)]
        known += [name.key for name in self._whole.values() if "." in word.text and name.of]
        hint = did_you_mean(word.text, known) or f"there are {', '.join(known)}"
        raise QueryError(text, word.at, f"nothing is called {word.text!r}", hint, word.width)


def _same(name: str) -> str:
    """Return a name as names are compared: ``Heating rate`` is ``heating_rate``."""
    return "_".join(folded(name).replace("-", " ").replace("_", " ").split())
