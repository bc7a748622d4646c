"""The commands, a file a command or family."""
