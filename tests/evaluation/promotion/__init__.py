"""Tests of `evaluation/promotion`."""
