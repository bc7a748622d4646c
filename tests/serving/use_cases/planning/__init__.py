"""Plans before and after their draw."""
