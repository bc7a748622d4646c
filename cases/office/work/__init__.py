"""What an office file says of the work that follows a review, and of what is done by itself."""
