"""Tests of `serving/use_cases`."""
