"""The words that tables of results use, in English and Japanese: for missing values, summaries, ids, and units.

Add a word here and every reader knows it. Words are compared folded: full-width forms, case, spaces and a closing
colon make no difference.
"""

from __future__ import annotations

from loop.observations import State
from services.ingest.wording import fold

__all__ = [
    "ID_WORDS",
    "MISSING",
    "MISSING_AMONG_WORDS",
    "NOT_DETECTED",
    "STATES",
    "SUMMARIES",
    "UNITS",
    "UNITS_IN_ANY_CASE",
    "UNIT_ALIASES",
    "UNIT_LABELS",
    "UNIT_PREFIXES",
]


def _folded(words: str) -> frozenset[str]:
    return frozenset(map(fold, words.split()))


NOT_DETECTED = _folded("""
    n.d. n.d nd n.d.* bdl b.d.l. bld <lod <dl <loq <mdl lod未満 notdetected belowdetection belowlod trace tr tr.
    検出せず 検出されず 不検出 未検出 検出限界以下 検出限界未満 検出下限以下 検出下限未満 定量下限未満 定量下限以下 痕跡
""")
"""Looked for and not found: below a detection limit, which the cell does not give."""

MISSING = _folded("""
    - -- --- – — ― ー ‐ − / // * ? . .. … ... n/a n.a. na nan null none #n/a missing notmeasured nottested nottest
    notavailable notapplicable blank empty tbd pending 未測定 未実施 未試験 未評価 未 測定せず 測定なし 測定不可
    測定不能 測定不良 欠測 欠損 欠 データなし 該当なし 対象外 不明 空欄
""") | {""}
"""In a column of numbers: not measured."""

MISSING_AMONG_WORDS = frozenset(
    ["", "-", "--", "---", "–", "—", "―", "n/a", "N/A", "#N/A", "NA", "NaN", "nan", "NULL", "未測定"]
)
"""In a column of words: not there. Fewer, and by exact case: "None" and "Na" are names of levels."""

STATES = {
    **dict.fromkeys(["absent", "なし", "無し", "無"], State.ABSENT),
    **dict.fromkeys(["lost", "紛失", "破損"], State.LOST),
    **dict.fromkeys(["notmade", "未作製", "未作成", "作製せず", "作製不可"], State.NOT_MADE),
}
"""In a column of numbers: states other than not measured."""

SUMMARIES = _folded("""
    mean average avg ave. median sd s.d. std stdev std.dev. standarddeviation σ se sem cv cv% rsd %rsd variance var
    min max minimum maximum range total sum subtotal grandtotal count 平均 平均値 標準偏差 標準誤差 変動係数 最小 最小値
    最大 最大値 合計 計 小計 総計 中央値 分散 範囲 個数 mittelwert mittel summe standardabweichung moyenne écart-type
""")
"""What the first cell of a row says when the row sums up others."""

ID_WORDS = _folded("""
    id ids no no. # code sample samples sampleid sample_id sampleno sample_no samplename specimen specimenid
    specimen_id proposal proposal_id name run runid run_id runno run_no lot batch batch_id exp exp. expno experiment
    experimentid experiment_id experimentno trial index entry 番号 試料 試料名 試料番号 試料no サンプル サンプル名
    サンプル番号 サンプルno 水準 水準no 名称 実験番号 実験no ロット ロット番号 品番 管理番号 コード
""")
"""Headers of columns that name a row."""

UNIT_LABELS = _folded("unit units 単位 einheit einheiten unité unités")
"""What stands before a row of units."""

# Base units with the prefixes that laboratories use. Others are left out on purpose: they are abbreviations of
# properties first ("TS" tensile strength, "FM" flexural modulus) and units second.
UNIT_PREFIXES = {
    "m": "k c m μ u n p d", "g": "k m μ u n", "s": "m μ u n p", "Pa": "h k M G m", "N": "k m M", "J": "k m M",
    "W": "k m μ u M", "V": "k m μ u M", "A": "m μ u n p", "Hz": "k M G", "K": "m", "mol": "m μ u n k", "L": "m μ u d",
    "l": "m μ u d", "cal": "k", "eV": "k m M", "Ω": "k M m G", "ohm": "k M", "S": "m μ", "F": "μ u n p", "T": "m",
    "H": "m", "C": "", "bar": "m", "Da": "k M", "tex": "d", "Gy": "k", "Bq": "k M", "M": "m μ u n", "P": "c",
    "St": "c",
}  # fmt: skip

_UNITS = """
    % ‰ wt% wt.% mol% mol.% vol% vol.% at% at.% mass% w/w% v/v% w% v% wt-% mol-% vol-% mass-% %RH RH% %R %T
    parts pts ft-lb phr pphr pph pbw ppm ppb ppt wtppm °C degC deg.C °F degF deg ° rad d min h hr hrs hour hours sec
    secs second seconds mins minute minutes day days week weeks wk month months yr year years rpm rps cps psi ksi Msi
    atm Torr mmHg mmH2O mmAq kgf gf tf lb lbf oz in inch ft mil Å a.u. arb.u. arb.units counts count cc t ton U IU -
    eq eq. equiv equiv. HV HRC HRB HRR dB denier dpi px pixel 個 本 枚 回 回転 分 秒 時間 日 週 週間 月 年 部
    重量部 質量部 重量% 質量% 体積% モル% 円 度 倍 JPY USD EUR € ¥ $
"""
UNITS = frozenset(_UNITS.split())
"""Units without prefixes, by exact case."""

_SPELLINGS = """
    % wt% wt.% wt-% w% w/w% mass% mass-% 質量% 重量%
    °C degC deg.C deg_C
    °F degF
    h hr hrs hour hours 時間
    min mins minute minutes 分
    s sec secs second seconds 秒
    d day days 日
    phr pphr pph
    parts pts 部 重量部 質量部
    g/cm3 g/cc g/mL g/ml
    μm um
"""
UNIT_ALIASES = {other: line.split()[0] for line in _SPELLINGS.strip().splitlines() for other in line.split()[1:]}
"""The spelling that stands for each other one. Mole and volume per cent are other units than mass per cent."""

_UNITS_IN_ANY_CASE = """
    pa kpa mpa gpa wt% wt.% mol% vol% at% mass% phr ppm ppb °c degc °f min sec hr hrs hour hours day days rpm psi
    ksi mm cm nm kg mg ml kj kn kv hz khz mhz kda rad deg torr atm
"""
UNITS_IN_ANY_CASE = frozenset(_UNITS_IN_ANY_CASE.split())
"""Units that are known however they are capitalised; the text is kept as written."""
