"""Clues to what a column is for: its name, unit, place and cells. Each clue is a sentence for a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from services.ingest.headers import BETWEEN_LEVELS
from services.ingest.mixtures import resolution
from services.ingest.units import same_unit
from services.ingest.vocabulary import ID_WORDS
from services.ingest.wording import fold
from services.records.table import Column, Table

__all__ = ["Aside", "Clues", "guess_targets"]

_PROPERTIES = """
    strength modulus elongation toughness hardness viscosity density impact yield conversion selectivity efficiency
    turnover ton tof score slump flow degradation desirability conductivity resistivity resistance transmittance haze
    gloss crystallinity tg tm hdt vicat mfr mfi mvr shrinkage warpage adhesion peel tack permeability porosity roughness
    diameter stability lifetime capacity pce activity purity selectivity mw mn_gpc dispersity pdi moisture fat protein
    swelling strain stress fracture result response output property target objective quality performance transition
    melting softening deflection retention wear creep fatigue branching charpy izod elasticity resilience swell gel
"""
_SETTINGS = """
    temperature temp time rate speed pressure content loading amount input dose dosage ratio concentration conc age
    feed setting setpoint screw mixing stirring cure curing delay offset correction modifier agent filler additive
    catalyst solvent aid initiator monomer thickness power duration throughput
"""
_PROPERTY_WORDS, _SETTING_WORDS = frozenset(_PROPERTIES.split()), frozenset(_SETTINGS.split())
_ALWAYS_PROPERTY = frozenset(["transition", "melting", "softening", "deflection", "vicat", "hdt", "gel"])
_PROPERTIES_JA = re.compile(
    "強度|強さ|弾性率|伸び|硬度|硬さ|粘度|密度|比重|衝撃|収率|転化率|選択率|靭性|靱性|耐熱|融点|ガラス転移|導電|抵抗|透過率"
    "|ヘーズ|光沢|収縮|接着|剥離|粘着|結晶化度|純度|粒径|寿命|劣化|評価|物性|特性|応力|ひずみ|摩耗|吸水率|含水率|熱変形"
)
_SETTINGS_JA = re.compile("温度|時間|速度|圧力|回転|添加量|配合|濃度|比率|投入|仕込|設定|条件|組成")
_HEADINGS_OF_RESULTS = re.compile(
    r"results?|propert(y|ies)|responses?|outputs?|measured|measurements?|performance|targets?|物性|特性|結果|評価|測定|試験",
    re.IGNORECASE,
)
_HEADINGS_OF_SETTINGS = re.compile(
    r"formulation|recipe|composition|process\w*|conditions?|inputs?|feed|settings?|factors?|ingredients?|配合|組成|加工|条件"
    r"|成形|工程|原料|仕込",
    re.IGNORECASE,
)
_PROPERTY_UNITS = (
    "MPa GPa kJ/m2 J/m g/10min mPa·s Pa·s cP S/cm S/m Ω·cm Ω·m N/mm N/m N/25mm HV HRC HRB g/cm3 MPa·m0.5 W/m·K mN/m"
)
_NOTES = """
    note notes remark remarks comment comments memo date day_made operator person reference ref source doi url
    replicate replicates rep timestamp
    備考 コメント メモ 日付 実施日 測定日 作成日 作製日 担当 担当者 作業者 出典 摘要 状態
"""
_NOTE_WORDS = frozenset(map(fold, _NOTES.split()))
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_TOKENS = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<stem>.*?)[ _.-]?(?P<number>\d+(?:\.\d+)?)")

_LONG_TEXT = 30
_MOST_TEXT_LEVELS = 0.5
_FEW_LEVELS, _MANY_LEVELS = 0.3, 0.8
_CURVE_POINTS, _CURVE_SMOOTHNESS = 20, 0.9
_BEHIND = 3
_FINEST_SETTING = 1e-5


class Aside(NamedTuple):
    """A column that is neither set nor a result: an id or a remark, and why."""

    role: Literal["id", "note"]
    because: str


class Clues:
    """What can be told of a table's columns by looking at all of them."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def aside(self, column: Column) -> Aside | None:
        """Say whether a column is an id or a remark; None where it may be set or measured."""
        values = [cell.value for cell in column.cells if cell.value is not None]
        if not values and not any(cell.state.is_censored for cell in column.cells):
            return Aside("note", "no row has a value")
        is_unique = len(set(values)) == len(values) == self.table.n_rows > 2
        whole = all(isinstance(value, str) or value.is_integer() for value in values)
        if is_id_name(column.name) and not column.unit and whole:
            shared = f"; rows that share one of its {len(set(values))} values belong together"
            return Aside("id", "its name is that of an id" + ("" if is_unique else shared))
        if fold(column.name) in _NOTE_WORDS or fold(column.name.rpartition(BETWEEN_LEVELS)[2]) in _NOTE_WORDS:
            return Aside("note", "its name is that of a remark")
        if column.kind == "text":
            return self._text_aside(column, [str(value) for value in values])
        curve = self._curves.get(column.name)
        if curve:
            return Aside("note", f"one of {curve} numbered columns that follow each other smoothly: a measured curve")
        numbers = [value for value in values if isinstance(value, float)]
        if column is self.table.columns[0] and is_unique and _counts_up(numbers):
            return Aside("id", "the first column, counting up by one from row to row")
        return None

    def _text_aside(self, column: Column, values: Sequence[str]) -> Aside | None:
        n_levels, longest = len(set(values)), max(map(len, values))
        if all(map(_DATE.fullmatch, values)):
            return Aside("note", "dates")
        is_first = column is self.table.columns[0]
        if n_levels == len(values) > 2 and (is_first or longest <= _LONG_TEXT) and len(values) == self.table.n_rows:
            return Aside("id", "words, others on every row")
        if longest > _LONG_TEXT or (n_levels > _MOST_TEXT_LEVELS * len(values) and len(values) > 2):
            return Aside("note", f"{n_levels} different texts on {len(values)} rows: remarks rather than levels")
        return None

    @cached_property
    def _curves(self) -> Mapping[str, int]:
        """Columns of spectra and other curves: many numbered columns of one stem, each much like the one beside it."""
        stems: dict[str, list[Column]] = {}
        for column in self.table.columns:
            match = _NUMBERED.fullmatch(column.name)
            if match and column.kind == "number":
                stems.setdefault(fold(match["stem"]), []).append(column)
        curves: dict[str, int] = {}
        for columns in stems.values():
            if len(columns) >= _CURVE_POINTS and _smoothness(columns) >= _CURVE_SMOOTHNESS:
                curves.update(dict.fromkeys((column.name for column in columns), len(columns)))
        return curves


def guess_targets(columns: Sequence[Column]) -> Mapping[str, str]:
    """Find, among columns of numbers that vary, those that were measured rather than set; with the reason for each."""
    reasons = {column.name: reason for column in columns if (reason := _property_reason(column))}
    if not reasons and columns:
        return {columns[-1].name: "the last column of numbers, where results are kept; no name or unit says more"}
    freedom = {column.name: _freedom(column) for column in columns}
    last_known = max((place for place, column in enumerate(columns) if column.name in reasons), default=0)
    for place in reversed(range(len(columns))):
        column = columns[place]
        beside = [other.name for other in columns[max(0, place - 1) : place + 2] if other.name in reasons]
        if column.name in reasons or not beside or place == 0:
            continue
        settings = [freedom[c.name] for c in columns[:place] if c.name not in reasons]
        keeps_to_levels = bool(settings) and sum(settings) / len(settings) <= _FEW_LEVELS
        is_computed = resolution(column) < _FINEST_SETTING
        if freedom[column.name] >= _MANY_LEVELS and keeps_to_levels and (is_computed or not _is_setting(column.name)):
            reasons[column.name] = f"differs on nearly every row, as {beside[0]!r} beside it; settings keep to levels"
    behind = columns[last_known + 1 :]
    if len(behind) <= min(_BEHIND, last_known):
        for column in behind:
            if column.name not in reasons and not _is_setting(column.name):
                reasons[column.name] = f"stands behind {columns[last_known].name!r}, where results are kept"
    return {column.name: reasons[column.name] for column in columns if column.name in reasons}


def is_id_name(name: str) -> bool:
    """Say whether a header names an id: ``No.``, ``sample``, ``mix_id``, ``試料番号``."""
    last = fold(name.rpartition(BETWEEN_LEVELS)[2])
    return last in ID_WORDS or re.search(r"[_ -](?:id|no\.?)$", name.casefold()) is not None or last.endswith("番号")


def _property_reason(column: Column) -> str:
    heading, _, name = column.name.rpartition(BETWEEN_LEVELS)
    if heading and _HEADINGS_OF_RESULTS.search(heading):
        return f"it stands under the heading {heading!r}"
    if heading and _HEADINGS_OF_SETTINGS.search(heading):
        return ""
    words = [token.casefold() for token in _TOKENS.findall(name)]
    is_property = next((word for word in words if word in _ALWAYS_PROPERTY), "")
    if not is_property and not _is_setting(name):
        japanese = _PROPERTIES_JA.search(name)
        is_property = next((w for w in words if w in _PROPERTY_WORDS), japanese.group() if japanese else "")
    if is_property:
        return f"{is_property!r} in its name is a property"
    if any(cell.state.is_censored or cell.sd is not None for cell in column.cells):
        return "some of its cells hold a spread or a detection limit: it was measured"
    if column.unit and not _is_setting(name) and any(same_unit(column.unit, unit) for unit in _PROPERTY_UNITS.split()):
        return f"its unit {column.unit} is that of a property"
    return ""


def _is_setting(name: str) -> bool:
    heading, _, name = name.rpartition(BETWEEN_LEVELS)
    if heading and _HEADINGS_OF_SETTINGS.search(heading):
        return True
    words = (token.casefold() for token in _TOKENS.findall(name))
    japanese = _SETTINGS_JA.search(name)
    return any(word in _SETTING_WORDS for word in words) or (japanese is not None and not _PROPERTIES_JA.search(name))


def _freedom(column: Column) -> float:
    """Share of rows with a value of their own; 1 where all differ."""
    values = [value for value in column.numbers if value is not None]
    return len(set(values)) / max(len(values), 1)


def _counts_up(values: Sequence[float]) -> bool:
    return all(second - first == 1 for first, second in pairwise(values))


def _smoothness(columns: Sequence[Column]) -> float:
    """Median correlation of neighbouring columns over the rows where all have a value."""
    X = np.array([[np.nan if v is None else v for v in column.numbers] for column in columns]).T
    X = X[~np.isnan(X).any(axis=1)]
    if len(X) < 3:
        return 0.0
    centred = X - X.mean(axis=0)
    norms = np.sqrt((centred**2).sum(axis=0))
    products = (centred[:, 1:] * centred[:, :-1]).sum(axis=0)
    scales = norms[1:] * norms[:-1]
    return float(np.median(np.divide(products, scales, out=np.zeros_like(products), where=scales > 0)))
