"""Leases: what only one process of a machine may do at a time."""
