"""Tests of the pages about the office as a whole."""
