"""What is recorded of each thing that was decided, and how it is said."""
