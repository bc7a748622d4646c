"""Tests of `evaluation/replay`."""
