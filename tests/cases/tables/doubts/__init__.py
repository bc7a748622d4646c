"""Tests of `cases/tables/doubts`."""
