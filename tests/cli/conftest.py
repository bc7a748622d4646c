"""One small trained bundle for the tests that only keep it, and a made-up language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.tables.tables import Tables
from models.bundle.bundle import Bundle
from tests.factories.languages import MADE_UP, forget_catalogues, made_up_language
from tests.factories.small_office import UNTIL, small_office
from training.run import train


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Eight hundred cases of the made-up office."""
    return small_office(800)


@pytest.fixture(scope="session")
def bundle(tables: Tables) -> Bundle:
    """A bundle of that office."""
    return train(tables, UNTIL)


@pytest.fixture
def made_up(tmp_path: Path) -> Iterator[str]:
    """The code of a language that says everything in brackets."""
    with pytest.MonkeyPatch.context() as patched:
        made_up_language(tmp_path / "locale", patched)
        yield MADE_UP
    forget_catalogues()
