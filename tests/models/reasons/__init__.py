"""Tests of `models/reasons`."""
