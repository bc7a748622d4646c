"""A small demo office that went through the whole job, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories.command import triage


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo office that went through the whole job."""
    folder = tmp_path_factory.mktemp("office")
    result = triage("demo", folder, "--cases", 6000, "--seed", 5)
    assert result.exit_code == 0, result.output
    return folder / "office.toml"
