"""What was recorded, record by record, and whether all of it holds."""
