"""What was found: one list, from which front page, chapters and advice are drawn."""
