"""Tests of the pages about running cases."""
