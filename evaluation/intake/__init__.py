"""How new cases were routed and given out."""
