"""What was known about a case, and when."""
