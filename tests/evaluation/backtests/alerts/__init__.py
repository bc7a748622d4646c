"""Tests of what is measured of alerts."""
