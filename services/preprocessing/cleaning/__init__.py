"""Steps that clean one curve: each one curve in, one curve out, deterministic, saying what it did."""
