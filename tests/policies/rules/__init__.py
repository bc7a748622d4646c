"""Tests of the rules of an office file, and of those of the demo office."""
