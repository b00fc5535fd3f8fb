"""What headers call quantities and facts, from ``quantities.yaml``: a name in a file becomes a name of this house."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from services.ingest.headers import split_header
from services.ingest.units import is_unit
from services.ingest.wording import as_numeral, normalise
from services.records.yaml_source import read_yaml

__all__ = [
    "fact_of",
    "is_word",
    "name_and_unit",
    "plain_words",
    "quantity_of",
    "sign_of",
    "slug",
    "unit_of",
    "unit_spelled",
]

_UNITS = {
    **dict.fromkeys(
        ["deg c", "degc", "oc", "ºc", "deg. c", "degree c", "celsius", "°c", "deg.c", "degrees c", "cel"], "°C"
    ),
    **dict.fromkeys(["kelvin"], "K"),
    **dict.fromkeys(["1/cm", "cm^-1", "cm**-1", "cm-1", "/cm"], "cm-1"),
    **dict.fromkeys(["deg", "degree", "degrees", "°2theta", "° 2theta", "°2th", "°2θ", "2θ°", "deg 2theta"], "°"),
    **dict.fromkeys(["sec", "secs", "second", "seconds", "秒"], "s"),
    **dict.fromkeys(["mins", "minute", "minutes", "分"], "min"),
    **dict.fromkeys(["hr", "hrs", "hour", "hours"], "h"),
    **dict.fromkeys(["count", "counts", "cts", "cnt"], "counts"),
    **dict.fromkeys(["um", "micron", "microns"], "μm"),
    **dict.fromkeys(["percent", "weight %"], "%"),
    **dict.fromkeys(["n/mm²", "n/mm2", "n/mm^2"], "N/mm2"),
    **dict.fromkeys(["a.u.", "a.u", "arb. units", "arb.u.", "arb. u.", "au", "w.e."], "a.u."),
}
"""Spellings of one unit, in small letters: the same unit, never another."""
_SHARES = frozenset(["%T", "%R", "T%", "R%"])
_ALONE = {"a.u.", "au", "w.e.", "mm/mm", "m/m", "abs", "abs.", "absorbance", "counts/s", "log(1/r)", "deg 2theta", "v"}
_BY_UNIT: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "t": (("time", frozenset(["s", "min", "h", "ms", ""])), ("temperature", frozenset(["°C", "K"]))),
    "T": (("temperature", frozenset(["°C", "K", "°F"])),),
    "m": (("mass", frozenset(["g", "mg", "%", "μg"])),),
    "M": (("molar_mass", frozenset(["g/mol", "Da", "kDa", "kg/mol"])),),
    "F": (("force", frozenset(["N", "kN"])),),
    "q": (("scattering_vector", frozenset(["Å-1", "nm-1", "1/nm", "1/Å", "Å^-1", "nm^-1"])),),
    "Q": (("scattering_vector", frozenset(["Å-1", "nm-1", "1/nm", "1/Å", "Å^-1", "nm^-1"])),),
    "wave": (("wavelength", frozenset(["nm", "μm"])), ("wavenumber", frozenset(["cm-1"]))),
}
"""What a name alone leaves open, with the units under which it stands for one thing."""
_OTHER_LOADS = (
    ("flexural", ("flex", "bend", "biege", "flexion", "曲げ")),
    ("compressive", ("compress", "stauch", "druckspannung", "圧縮")),
    ("shear", ("shear", "scher", "schub", "cisaill", "せん断")),
)
"""Words of tests that are none of tension, though their columns are called stress and strain too."""
_OF_TENSION = {
    **dict.fromkeys(["strain", "nominal_strain", "true_strain"], "strain"),
    **dict.fromkeys(["stress", "true_stress"], "stress"),
    "extension": "extension",
    "force": "force",
}
_IN = re.compile(r"^(?P<name>.*\S)\s+(?:in|en)\s+(?P<unit>\S+)$")
_UNDERSCORE = re.compile(r"^(?P<name>.*[^\W_]{2,})_(?P<unit>[^\W\d_]{1,4}|%|°C)$")
_SLASH = re.compile(r"^(?P<name>[^/]+?)\s*/\s*(?P<unit>\S.*)$")
_COMMA = re.compile(r"^(?P<name>.*\S)\s*,\s*(?P<unit>[^\s,]+)$")
_BRACKET = re.compile(r"^(?P<name>.*\S)\s*[\[(<](?P<unit>[^\[\]<>]+)[\])>]$")
_BEHIND = re.compile(r"^(?P<name>.*\S)\s+(?P<unit>\S{2,}|%)$")
_NO_UNITS_BEHIND = frozenset(["in", "min", "max", "no", "abs", "au", "rate", "d", "day"])
_LOST_SIGN = re.compile(r"^(?P<name>.*[^\W_].*?)\s*[/\[(]\s*[^\w\s]C[\])]?$")
"""A degree sign that did not survive its encoding."""
_COMMENT = re.compile(r"^(?:[\s#;*!]|%(?=[\s%]))*(?://)?\s*(?=[^\s#;!*/])")
_SIGN = re.compile(
    r"[\s,;(\[]*\b(?P<sign>(?:exo|endo)(?:therm\w*)?\W{0,3}(?:is\s)?(?:up|down|oben|unten|↑|↓|上|下))[)\]]*\s*$",
    re.IGNORECASE,
)
"""Which way heat points, said behind the name and unit of a column."""
_LONGEST_HEADER = 400


@cache
def _words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    text = files(__package__).joinpath("quantities.yaml").read_text(encoding="utf-8")
    return read_yaml(text).data


@cache
def _patterns() -> tuple[tuple[str, int, re.Pattern[str]], ...]:
    found = []
    for quantity, words in _words()["quantities"].items():
        for word in words:
            plain = plain_words(word.lstrip("=*")) or word
            is_cjk = any("\u3040" <= letter <= "\u9fff" for letter in plain)
            before = "" if is_cjk else r"[^\W\d_]*" if word.startswith("*") else r"(?<![^\W_])"
            after = r"(?![^\W\d_])" if plain[-1:].isalpha() and not is_cjk else ""
            body = f"^{re.escape(plain)}$" if word.startswith("=") else before + re.escape(plain) + after
            found.append((quantity, len(plain) * (2 if is_cjk else 1), re.compile(body)))
    return tuple(found)


@cache
def _facts() -> Mapping[str, tuple[str, str]]:
    """Kind and name of every word of a header's field."""
    known: dict[str, tuple[str, str]] = {}
    for kind in ("claims", "conditions", "facts"):
        for name, words in _words()[kind].items():
            for word in words:
                known[plain_words(word)] = (kind, name)
    return known


@lru_cache(maxsize=4096)
def plain_words(text: str) -> str:
    """Return the form in which words are compared: small letters, with blanks for ``_ - . :``, none at the ends."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[_\-.:·*]+(?!\d)|[_:]+", " ", plain).split())


@lru_cache(maxsize=4096)
def quantity_of(name: str, unit: str = "") -> str:
    """Return the quantity that a header's name speaks of; empty where it is none that is known.

    A strain in a unit of length is an extension, and the other way round.
    """
    plain = plain_words(name)
    known = name if len(name) == 1 else plain
    if len(name) == 1 or known in _BY_UNIT:
        return next((quantity for quantity, units in _BY_UNIT.get(known, ()) if unit in units), "")
    best, longest = "", 0
    for quantity, length, pattern in _patterns():
        if length > longest and pattern.search(plain):
            best, longest = quantity, length
    kind = next((kind for kind, words in _OTHER_LOADS if any(word in plain for word in words)), "")
    if kind and best in _OF_TENSION:
        return f"{kind}_{_OF_TENSION[best]}"
    if best == "retention_volume" and unit and "l" not in unit.casefold() and "m3" not in unit.replace("³", "3"):
        return ""
    if best == "strain" and unit in ("mm", "μm", "µm", "m", "cm", "in", "inch"):
        return "extension"
    if best in ("extension", "crosshead") and unit in ("%", "mm/mm"):
        return "strain" if best == "extension" else "nominal_strain"
    if best in ("wavelength", "wavenumber") and unit in ("nm", "cm-1"):
        return "wavelength" if unit == "nm" else "wavenumber"
    if best == "detector_signal" and longest <= len("signal") and unit in ("counts", "cps"):
        return "intensity"
    return best


@lru_cache(maxsize=4096)
def is_word(name: str) -> bool:
    """Say whether a header's name is a word for a quantity and nothing more."""
    plain = plain_words(name)
    return any(pattern.fullmatch(plain) for _, _, pattern in _patterns())


def fact_of(key: str) -> tuple[str, str]:
    """Return what a field of a header tells: its kind (facts, conditions, claims) and name; both empty for none."""
    return _facts().get(plain_words(key), ("", ""))


def unit_of(text: str) -> str | None:
    """Read a text that may be a unit, with or without brackets, in the house's spelling; None where it is none."""
    plain = normalise(text)
    if len(plain) > 2 and plain[0] + plain[-1] in ("[]", "()", "<>"):
        is_square, plain = plain[0] == "[", plain[1:-1].strip()
        if is_square and len(plain) < 16:
            return unit_spelled("" if plain == "-" else plain)
    spelled = unit_spelled(plain)
    if spelled in ("-", "", "[]"):
        return "" if plain in ("-", "[-]", "()", "[]") else None
    is_known = is_unit(spelled) or plain.casefold() in _ALONE or plain.casefold() in _UNITS
    return spelled if is_known else None


def unit_spelled(unit: str) -> str:
    """Return a unit in the house's spelling; one that is not known stays as it is."""
    plain = as_numeral(unit).strip()
    if len(plain) > 2 and plain[0] + plain[-1] == "()":
        plain = plain[1:-1].strip()
    plain = plain.replace("/(", "/").rstrip(")") if plain.count("(") == plain.count(")") == 1 else plain
    return _UNITS.get(plain.casefold(), normalise(unit) if "^" in plain else plain)


@lru_cache(maxsize=4096)
def name_and_unit(header: str) -> tuple[str, str | None]:
    """Split a header into name and unit in the house's spelling; the unit is None where the header says none.

    ``Temp./°C``, ``DSC /(mW/mg)``, ``Zeit in s``, ``Force [N]``, ``Time, s``, ``Temp_C`` (C for °C).
    """
    if len(header) > _LONGEST_HEADER:  # no name of a column; patterns would be tried from each of its letters
        return header[:_LONGEST_HEADER].strip(), None
    text = normalise(_COMMENT.sub("", header, count=1) if len(header) > 1 else header)
    text = _SIGN.sub("", text) or text
    if text in _SHARES:
        return text, "%"
    if text.casefold() in _UNITS and quantity_of(text) in ("wavenumber", "intensity"):
        return text, unit_spelled(text)
    name, unit = split_header(text)
    found: str | None = unit_spelled(unit) if unit else None
    if found is None:
        for pattern in (_BRACKET, _SLASH, _COMMA, _IN, _UNDERSCORE):
            match = pattern.match(text)
            said = unit_of(match["unit"]) if match else None
            if match and said is None and match["unit"].strip() in ("C", "c") and "temp" in text.casefold():
                said = "°C"
            if match and said is not None and (pattern is _IN or not is_unit(text)):
                name, found = match["name"], said
                break
    if found is None and (match := _BEHIND.match(text)) and quantity_of(match["name"]):
        said = unit_of(match["unit"])
        if said and match["unit"].casefold() not in _NO_UNITS_BEHIND:
            name, found = match["name"], said
    if found is None and (match := _LOST_SIGN.match(text)) and quantity_of(match["name"]).endswith("temperature"):
        name, found = match["name"], "°C"
    if found == "C" and quantity_of(name).endswith("temperature"):
        found = "°C"
    return name.strip(" /,"), found


def sign_of(header: str) -> str:
    """Return what a header says of the direction of heat, as ``exo up``; empty where it says nothing."""
    match = _SIGN.search(header[:_LONGEST_HEADER])
    return " ".join(match["sign"].split()) if match else ""


def slug(name: str) -> str:
    """Return a header's name as the name of a quantity: ``Gas Flow (P2)`` is ``gas_flow_p2``."""
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    return re.sub(r"[^\w]+", "_", plain).strip("_")[:60]
