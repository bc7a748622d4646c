"""Pages: templates, charts and what they are made of."""
