"""Tests of `cases/office`."""
