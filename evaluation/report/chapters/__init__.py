"""The chapters of the report: each arranges results into exhibits and says what they show."""
