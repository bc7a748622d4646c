"""Tests of `cases/demo`."""
