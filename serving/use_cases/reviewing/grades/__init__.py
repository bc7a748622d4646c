"""Grades: what a filled-in form says, and how it comes in."""
