"""Tests of `evaluation/proxies`."""
