"""Tests of `cases/language`."""
