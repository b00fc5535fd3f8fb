"""The campaign service: every use case behind one facade, and the only place that names concrete classes."""
