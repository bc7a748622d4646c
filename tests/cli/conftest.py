"""One small trained bundle for the tests that only keep it."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.tables import Tables
from models.bundle import Bundle
from tests.models.small_office import small_office
from training.run import train

UNTIL = datetime(2024, 8, 1)


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Eight hundred cases of the made-up office."""
    return small_office(800)


@pytest.fixture(scope="session")
def bundle(tables: Tables) -> Bundle:
    """A bundle of that office."""
    return train(tables, UNTIL)
