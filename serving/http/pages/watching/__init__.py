"""Running cases: alerts, what is done with them, and the clocks of a case."""
