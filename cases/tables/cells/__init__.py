"""From what stands in the cells of a file to values, and what was done on the way."""
