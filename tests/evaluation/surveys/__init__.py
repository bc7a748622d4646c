"""Tests of `evaluation/surveys`."""
