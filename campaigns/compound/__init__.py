"""A campaign over computed polypropylene compounds: small, fast, and true enough to see the loop at work."""
