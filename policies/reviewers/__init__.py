"""Who reviews which drawn case: who may, with which probability, and the draw."""
