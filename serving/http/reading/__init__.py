"""Requests: what may be said, and how it is read."""
