"""How the demo's cases are judged: reviews, the dimensions of defects, the office's own checks."""
