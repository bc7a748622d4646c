"""Tests of `models/questions`."""
