"""Tests of `features/families`."""
