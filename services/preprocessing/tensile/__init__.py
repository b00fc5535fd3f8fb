"""Tensile tests of plastics by ISO 527: a method, one bar, and the bars of one specimen together."""

from services.preprocessing.tensile.bar import QUANTITIES, TensileBar, evaluate_bar
from services.preprocessing.tensile.flags import Flag
from services.preprocessing.tensile.method import TensileMethod
from services.preprocessing.tensile.summary import CensoredSummary, LeftOut, Summary, TensileSummary, summarise

__all__ = [
    "QUANTITIES",
    "CensoredSummary",
    "Flag",
    "LeftOut",
    "Summary",
    "TensileBar",
    "TensileMethod",
    "TensileSummary",
    "evaluate_bar",
    "summarise",
]
