"""An office under review, and one that reviews blind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.use_cases.reviewing.office import Office, office_under_review


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Six cases are drawn; reviewers see the risk."""
    return office_under_review(tmp_path)


@pytest.fixture
def blind(tmp_path: Path) -> Office:
    """The same office, where nobody sees the risk before grading."""
    return office_under_review(tmp_path, {"blind": True})
