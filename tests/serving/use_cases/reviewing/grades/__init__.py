"""Grades: what forms say of them, and which work was found excellent."""
