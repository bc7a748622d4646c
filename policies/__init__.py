"""What is decided: mandatory reviews, spot checks, tracks, assignment. No machine learning."""
