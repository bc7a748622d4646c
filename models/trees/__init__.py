"""Boosted trees as text and as arrays, and what is computed from the arrays."""
