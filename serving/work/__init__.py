"""The work of people: steps that the ledger records, and how things stand after them."""
