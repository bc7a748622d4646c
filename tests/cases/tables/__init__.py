"""Tests of `cases/tables`."""
