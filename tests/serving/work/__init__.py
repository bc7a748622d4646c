"""Tests of the work of people."""
