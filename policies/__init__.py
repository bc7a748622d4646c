"""What is decided: mandatory reviews, spot checks. No machine learning in here."""
