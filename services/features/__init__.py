"""Order-2 features: numbers with errors out of one processed measurement, by declared extractions."""
