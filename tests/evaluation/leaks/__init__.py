"""Tests of `evaluation/leaks`."""
