"""A plan for people: the list of whom to check first, and a sheet a case to review on paper."""
