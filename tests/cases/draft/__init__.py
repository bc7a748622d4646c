"""Tests of `cases/draft`."""
