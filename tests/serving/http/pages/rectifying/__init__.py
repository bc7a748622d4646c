"""Tests of the pages about findings."""
