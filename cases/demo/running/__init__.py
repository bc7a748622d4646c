"""What goes wrong while the demo's cases run, each part drawn from a generator of its own."""
