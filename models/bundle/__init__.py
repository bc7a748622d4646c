"""A trained bundle and the text files it is kept in."""
