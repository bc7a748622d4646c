"""The steps that make the tables of a ledger, the oldest first."""
