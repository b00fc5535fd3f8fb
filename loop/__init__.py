"""The decision side of meguri: what to make next, and why. Knows no curve, no SQL, no HTTP."""
