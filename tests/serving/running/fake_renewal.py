"""A renewal that finds the office right if the file `right` is in its folder of tables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    right = Path(os.environ["TRIAGE_DATA"], "right")
    print("renewed")  # noqa: T201
    sys.exit(0 if right.exists() else 2)
