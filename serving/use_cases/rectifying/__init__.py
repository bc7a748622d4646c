"""What becomes of the defects that reviews found, and what the office wants to reach."""
