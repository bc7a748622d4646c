"""Commands that set an office up."""
