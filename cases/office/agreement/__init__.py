"""Whether the parts of an office file agree."""
