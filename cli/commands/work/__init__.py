"""Commands of the work that goes round: what is done by itself, and what comes back."""
