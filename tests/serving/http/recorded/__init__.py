"""Tests of requests that are recorded."""
