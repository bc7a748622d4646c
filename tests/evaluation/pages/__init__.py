"""Tests of `evaluation/pages`."""
