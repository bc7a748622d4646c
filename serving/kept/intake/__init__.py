"""The folder of an intake: written, read and checked."""
