"""Who handles a new case: who may, with which probability, the draw, and its check."""
