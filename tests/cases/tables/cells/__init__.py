"""Tests of `cases/tables/cells`."""
