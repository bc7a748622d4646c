"""Tests of what tables must be."""
