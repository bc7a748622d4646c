"""Where people and programs begin."""
