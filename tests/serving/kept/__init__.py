"""Tests of kept folders."""
