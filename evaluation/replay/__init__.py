"""What other ways to choose would have found, where outcomes are known."""
