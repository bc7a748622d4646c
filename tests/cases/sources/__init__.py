"""Tests of `cases/sources`."""
