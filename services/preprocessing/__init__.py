"""From what was read of one specimen to what is known of it: results of tests, programs, clean curves.

Sees one record and is deterministic; learns nothing across records; reads and writes no file.
"""
