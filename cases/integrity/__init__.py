"""Whether what was kept is what was written: canonical hashes, one manifest a folder."""
