"""An office whose plans are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.http.pages.visits import Visitor


@pytest.fixture
def manager(tmp_path: Path) -> Visitor:
    """Somebody who may do everything, at an office without any plan."""
    return Visitor(tmp_path)
