"""Tests of `cases/tables/arrivals`."""
