"""One small trained bundle for the tests that only keep it."""

from __future__ import annotations

import pytest

from cases.tables.tables import Tables
from models.bundle.bundle import Bundle
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
