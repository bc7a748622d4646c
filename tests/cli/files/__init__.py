"""Tests of `cli/files`."""
