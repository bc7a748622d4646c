"""Tests of `features/online`."""
