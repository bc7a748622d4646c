"""The vocabulary: the office file, the tables it describes, and where they come from."""
