"""How the table of drafts came about."""
