"""Every feature of one small office, worked out by hand."""
