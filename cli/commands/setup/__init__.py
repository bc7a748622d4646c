"""Commands that set an office up: its file written from tables, and checked."""
