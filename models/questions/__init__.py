"""What is asked of a case: risk, complexity, effort."""
