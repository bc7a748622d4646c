"""Arrays and constants that several packages compute with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

Z = 1.959963984540054  # 97.5 % quantile of the normal distribution
