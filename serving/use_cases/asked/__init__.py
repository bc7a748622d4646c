"""Cases that a request names or gives, and what is wrong with them."""
