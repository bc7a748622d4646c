"""Features of a few cases, for requests: the definitions of a batch, carried out quickly."""
