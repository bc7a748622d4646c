"""What changed lately, and what to do about it."""
