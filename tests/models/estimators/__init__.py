"""Tests of `models/estimators`."""
