"""Tests of new cases."""
