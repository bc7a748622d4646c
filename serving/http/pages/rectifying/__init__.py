"""Pages about what becomes of findings."""
