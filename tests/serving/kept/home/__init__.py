"""Folders in the home of an office."""
