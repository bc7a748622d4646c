"""Columns of a file one by one: what their values are, and which of ours each may be."""
