"""The life of the demo office: what its people would have done in the weeks before today."""
