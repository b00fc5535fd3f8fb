"""Tests of the way in for instruments' files."""
