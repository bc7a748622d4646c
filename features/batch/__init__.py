"""Features of many cases on Polars: the definitions, carried out block by block."""
