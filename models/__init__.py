"""What is estimated: risk, complexity, their calibration and their reasons."""
