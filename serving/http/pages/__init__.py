"""The pages that people work with: made here, complete without JavaScript."""
