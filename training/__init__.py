"""Labels, splits and fitting."""
