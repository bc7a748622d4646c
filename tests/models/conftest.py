"""One small trained bundle for all tests that only ask it."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.tables import Tables
from models.bundle import Bundle
from tests.models.small_office import small_office
from training.run import train

UNTIL = datetime(2024, 8, 1)


@pytest.fixture(scope="session")
def small_tables() -> Tables:
    """Eight hundred cases of the made-up office."""
    return small_office(800)


@pytest.fixture(scope="session")
def bundle(small_tables: Tables) -> Bundle:
    """A bundle trained on what the made-up office knew by `UNTIL`."""
    return train(small_tables, UNTIL)
