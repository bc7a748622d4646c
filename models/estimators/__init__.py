"""Estimators of one contract, and what they are made of."""
