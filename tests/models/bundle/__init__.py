"""Tests of `models/bundle`."""
