"""Boosted trees as text and as arrays."""
