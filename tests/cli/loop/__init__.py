"""Tests of what is done by itself."""
