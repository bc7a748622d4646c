"""Whether a candidate may become champion."""
