"""New cases: what is suggested for each, and what people decide."""
