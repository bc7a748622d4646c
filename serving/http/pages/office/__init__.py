"""Pages about the office as a whole."""
