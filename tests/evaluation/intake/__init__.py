"""Tests of `evaluation/intake`."""
