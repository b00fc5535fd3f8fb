"""A virtual polypropylene laboratory: hidden structure, instruments that see part of it, files as they write them.

A formulation and its processing give a hidden structure (`compounding`); instruments compute what they would record
from structure alone; properties follow from structure, and partly from what no instrument sees (`properties`, `dial`).
Nothing here is a fitted material model: relations are declared, each with its source, with round numbers.
"""
