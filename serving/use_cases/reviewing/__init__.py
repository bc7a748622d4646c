"""Reviewing: plans under way, who reads what, what a reader may know, and what was found."""
