"""From scores to probabilities, intervals and cut-offs."""
