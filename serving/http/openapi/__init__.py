"""The service described for programs, with examples."""
