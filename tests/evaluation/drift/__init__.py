"""Tests of `evaluation/drift`."""
