"""Instruments: each computes what it would record of a piece from its structure alone, and writes its file.

Every module here has one function from a `Piece` to a `LabFile`; line shapes are those of the physics, not of a fitter.
"""
