"""Folders in the home of an office: what pages promised, drew and suggested."""
