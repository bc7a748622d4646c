"""Tests of `serving/http`."""
