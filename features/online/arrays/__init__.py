"""A Narwhals backend over NumPy for few rows: no engine to start, no data frame in between."""
