"""Tests of what the ledger remembers."""
