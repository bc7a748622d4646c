"""How much of each legal limit a case has used: arithmetic, no learning."""
