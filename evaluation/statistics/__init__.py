"""Figures with intervals, and what samples say."""
