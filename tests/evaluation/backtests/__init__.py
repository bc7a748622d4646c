"""Tests of `evaluation/backtests`."""
