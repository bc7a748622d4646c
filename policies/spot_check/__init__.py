"""Which cases to check: the design, the draw, the plan, and its check."""
