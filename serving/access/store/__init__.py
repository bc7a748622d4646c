"""Where users, sessions and keys are kept: SQLite or PostgreSQL, made by migrations."""
