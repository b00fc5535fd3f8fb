"""Decisions that need more than one record: which measurements to doubt, what to correct, what to flag."""
