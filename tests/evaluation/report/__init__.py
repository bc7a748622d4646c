"""Tests of `evaluation/report`."""
