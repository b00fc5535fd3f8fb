"""Files as instruments and people write them: one module a format, with the blemishes that are usual."""
