"""Who asks, over HTTP."""
