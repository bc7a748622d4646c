"""What was found, and what is advised."""
