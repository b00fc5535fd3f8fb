"""Delimited text and workbooks, read by a declared profile: what a laboratory's export looks like, as YAML."""
