"""Tests of `evaluation/pages/plan`."""
