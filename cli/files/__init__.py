"""What the commands write into files and folders, and read back."""
