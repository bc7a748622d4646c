"""Pages for those who review cases."""
