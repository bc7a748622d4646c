"""The steps that make the table of leases, the oldest first."""
