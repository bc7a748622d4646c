"""Who may enter, and how the system does."""
