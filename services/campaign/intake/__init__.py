"""Instruments' files come in: hashed, kept, read in a process of their own, linked to their specimens, booked once."""
