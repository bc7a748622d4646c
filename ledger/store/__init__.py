"""Where records are kept: SQLite or PostgreSQL, made and brought up to date by migrations."""
