"""How models would have done on later cases."""
