"""Tests of `cases/integrity`."""
