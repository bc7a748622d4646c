"""Tests of `evaluation/quality`."""
