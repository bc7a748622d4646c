"""Tests of what keeps the service standing."""
