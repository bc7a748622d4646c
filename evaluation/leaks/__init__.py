"""Columns that seem to know too much."""
