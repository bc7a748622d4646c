"""Where the public data sets are: beside the repository, or where PLUMBLINE_DATA says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
DATA = Path(os.environ.get("PLUMBLINE_DATA", BESIDE))

Test = TypeVar("Test", bound=Callable[..., None])


def needs_real_data(test: Test) -> Test:
    """Mark a test that reads `DATA`; it skips with a message where the data are absent."""
    absent = pytest.mark.skipif(
        not DATA.is_dir(), reason="no public data beside the repository; see README.md"
    )
    return pytest.mark.real_data(absent(test))
