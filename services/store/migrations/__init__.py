"""How the schema grew, one step a file; forward only.

A step is a file ``versions/vNNNN_what.py`` whose revision is the number that follows. It never imports
the tables: they are of today, a step is of its day. A test says whether all steps together give today's.
"""
