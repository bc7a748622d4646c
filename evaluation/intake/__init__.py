"""How new cases were routed and assigned."""
