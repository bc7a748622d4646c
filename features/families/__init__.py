"""The families of features, a file each: what a case is asked for."""
