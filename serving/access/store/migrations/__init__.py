"""The steps that make the tables of users, sessions and keys, the oldest first."""
