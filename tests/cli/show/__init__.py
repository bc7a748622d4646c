"""Tests of `cli/show`."""
