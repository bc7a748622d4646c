"""Why an estimate is what it is, in words."""
