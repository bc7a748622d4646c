"""Whether the features of a model stand in for persons: for handlers, units or reviewers."""
