"""The audit report and the model card."""
