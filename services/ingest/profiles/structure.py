"""What an unknown table seems to be: spectra in rows, specimens in columns, of which modality, parted by what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.ingest.profiles.axis import AXES
from services.ingest.profiles.cell_kinds import is_number
from services.ingest.profiles.resolved import Resolved
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.vocabulary import name_and_unit, quantity_of

__all__ = [
    "Matrix",
    "between",
    "general",
    "labelled",
    "matrix_of",
    "modality_by_name",
    "modality_of",
    "seems_columns",
    "stands_along",
]

_NUMBERED = re.compile(r"^(?P<stem>.*?)(?P<gap>[\s_.:-]*)(?P<x>[+-]?\d+(?:[.,]\d+)?)(?P<unit>\s*[^\d\s]{0,8})$")
_LABELLED = re.compile(r"^\W*(?P<word>[^\W\d](?:[^\d]*[^\W\d])?)\W*\d{1,3}\W*$")
_FEWEST = 8
_FEWEST_COUNTED = 40
_SHARE = 0.4
_RULE = re.compile(r"[-=_*#~+|\s;,]+")

_MODALITIES: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    (
        "TG",
        (
            frozenset(["mass", "mass_loss"]),
            frozenset(["temperature", "heat_flow", "delta_temperature", "program_temperature"]),
        ),
    ),
    ("DSC", (frozenset(["heat_flow"]),)),
    ("DTA", (frozenset(["delta_temperature"]),)),
    (
        "tensile",
        (
            frozenset(["stress", "force"]),
            frozenset(["strain", "extension", "nominal_strain", "crosshead", "true_strain"]),
        ),
    ),
    ("WAXS", (frozenset(["two_theta"]),)),
    ("Raman", (frozenset(["raman_shift"]),)),
    ("FTIR", (frozenset(["wavenumber"]), frozenset(["absorbance", "transmittance", "reflectance"]))),
    ("UV-Vis", (frozenset(["wavelength"]), frozenset(["absorbance", "transmittance", "reflectance"]))),
    (
        "GPC",
        (
            frozenset(["weight_fraction", "detector_signal"]),
            frozenset(["log_molar_mass", "molar_mass", "retention_time", "retention_volume"]),
        ),
    ),
    ("GPC", (frozenset(["mn"]), frozenset(["molar_mass", "mz", "mp", "dispersity"]))),
    ("XRF", (frozenset(["sio2", "cao", "tio2", "al2o3", "fe2o3", "mgo"]),)),
    ("MFR", (frozenset(["mfr"]),)),
    ("density", (frozenset(["density"]),)),
    ("ash", (frozenset(["ash"]),)),
    ("charpy", (frozenset(["impact_strength"]),)),
)
_BY_NAME = (
    ("Raman", r"raman"),
    ("FTIR", r"ft-?ir|atr|(?<![a-z])ir(?![a-z])"),
    ("TG", r"(?<![a-z])tga?(?![a-z])|thermograv"),
    ("DSC", r"(?<![a-z])dsc(?![a-z])"),
    ("DTA", r"(?<![a-z])dta(?![a-z])"),
    ("WAXS", r"xrd|waxs|diffract"),
    ("GPC", r"(?<![a-z])(gpc|sec)(?![a-z])"),
    ("tensile", r"tensile|zugversuch|traction|引張|iso ?527|d638"),
    ("XRF", r"(?<![a-z])xrf(?![a-z])"),
)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Columns along an axis: what stands before and behind its numbers in the headers, and how many there are."""

    stem: str
    gap: str
    unit: str
    n_columns: int
    is_counting: bool


def stands_along(looked: Survey) -> bool:
    """Say whether the first column is an axis of numbers, longer than the table is wide: columns are specimens then.

    Numbers over the other columns are names: ``Wavelength (nm);101;102``.
    """
    names = looked.header.names
    return (
        bool(names)
        and looked.kinds[0] == "numbers"
        and looked.n_rows > looked.width
        and quantity_of(*_named(names[0])) in AXES
    )


def _named(header: str) -> tuple[str, str]:
    name, unit = name_and_unit(header)
    return name, unit or ""


def matrix_of(names: Sequence[str]) -> Matrix | None:
    """Find columns whose headers are one word and numbers that only rise or only fall; None where there are few."""
    matches = [match for name in names if (match := _NUMBERED.match(name))]
    stems = Counter((match["stem"], match["gap"], match["unit"]) for match in matches)
    if not stems:
        return None
    (stem, gap, unit), count = stems.most_common(1)[0]
    if count < _FEWEST or count < _SHARE * len(names):
        return None
    numbers = [
        float(m["x"].replace(",", ".")) for m in matches if (m["stem"], m["gap"], m["unit"]) == (stem, gap, unit)
    ]
    steps = {b > a for a, b in pairwise(numbers)}
    if len(steps) != 1 or len(set(numbers)) < len(numbers):
        return None
    is_counting = numbers == [float(k) for k in range(1, count + 1)]
    if is_counting and (count < _FEWEST_COUNTED or not quantity_of(stem)):
        return None  # ten columns called value_1 … value_10 are ten values
    return Matrix(stem, gap, unit, count, is_counting)


def seems_columns(columns: Sequence[Resolved]) -> bool:
    """Say whether columns beside an axis are specimens: three at least, none a quantity that is known, in one unit."""
    if len(columns) < 4 or columns[0].quantity not in AXES:
        return False
    others = [column for column in columns[1:] if column.quantity != "index"]
    if any(column.is_known for column in others) or len({column.unit for column in others}) > 1:
        return False
    stems = Counter(re.sub(r"[\d\W_]+.*$", "", column.name) for column in others)
    return stems.most_common(1)[0][1] >= 0.6 * len(others) and len(others) > 2


def modality_of(quantities: Iterable[str]) -> str:
    """Return the modality that quantities are measured by, empty where they leave it open."""
    there = set(quantities)
    return next((name for name, groups in _MODALITIES if all(group & there for group in groups)), "")


def modality_by_name(texts: Iterable[str]) -> str:
    """Return the modality that a name or a title speaks of: a reason to ask, no proof."""
    joined = " ".join(texts).casefold()
    return next((name for name, pattern in _BY_NAME if re.search(pattern, joined)), "")


def general(text: str) -> str:
    """Return a pattern of a line in which numbers may be others."""
    plain = text.strip().strip("\t;, ")
    if is_number(plain):
        return r"^\W*[-+\d.,]+\W*$"
    pieces = re.split(r"(\d+(?:[.,]\d+)?)", plain[:80])
    body = "".join(r"[\d.,]+" if re.fullmatch(r"\d+(?:[.,]\d+)?", p) else _escaped(p) for p in pieces)
    return rf"^\W*{body.lstrip()}"


def _escaped(text: str) -> str:
    """Return a pattern of a text; its tabs, which a profile cannot show, are any blank."""
    return re.escape(text).replace("\\ ", " ").replace("\\\t", r"\s")


def labelled(text: str) -> str:
    """Return a pattern of a line that begins a test piece; its number at the end is the piece's label."""
    match = _LABELLED.match(text.strip())
    if match is None:
        return general(text)
    return rf"^\W*{re.escape(match['word'])}".replace("\\ ", " ") + r"\W*(?P<label>\d{1,3})\W*$"


def between(looked: Survey) -> list[list[str]]:
    """Return what stands between the runs of numbers, without blank lines, rules and repeated headers."""
    texts = looked.lines.texts
    headers = {texts[row].strip() for row in looked.header.rows}
    return [
        [
            text
            for i in range(before.stop, run.start)
            if (text := texts[i].strip()) and text not in headers and not _RULE.fullmatch(text)
        ]
        for before, run in zip(looked.runs, looked.runs[1:], strict=False)
    ]
