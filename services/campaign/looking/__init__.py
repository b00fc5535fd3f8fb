"""Look at a file of an instrument, at a measurement, or at all measurements of a specimen."""
