"""Tests of `evaluation/statistics`."""
