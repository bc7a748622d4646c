"""Requests that are recorded in the ledger before they are answered."""
