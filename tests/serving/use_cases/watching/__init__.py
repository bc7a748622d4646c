"""Tests of watching running cases."""
