"""The office file: its typed model, how it is read, and whether its parts agree."""
