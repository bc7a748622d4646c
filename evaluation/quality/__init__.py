"""The quality of the office, not of the model."""
