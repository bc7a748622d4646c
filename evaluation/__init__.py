"""Was it right, was it worth it."""
