"""What the reviews of drawn plans say about all cases: rates, bounds, claims, checks."""
