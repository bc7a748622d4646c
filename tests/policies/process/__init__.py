"""Tests of the declared process."""
