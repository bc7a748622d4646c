"""What is done by itself at set times, and in which order, so that nothing is left half done."""
