"""What the ledger remembers: facts that came in, and what was given to whom."""
