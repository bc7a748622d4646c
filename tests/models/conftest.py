"""One small trained bundle for all tests that only ask it."""

from __future__ import annotations

import pytest

from cases.tables.tables import Tables
from models.bundle.bundle import Bundle
from tests.factories.small_office import UNTIL, small_office
from training.run import train


@pytest.fixture(scope="session")
def small_tables() -> Tables:
    """Eight hundred cases of the made-up office."""
    return small_office(800)


@pytest.fixture(scope="session")
def bundle(small_tables: Tables) -> Bundle:
    """A bundle trained on what the made-up office knew by `UNTIL`."""
    return train(small_tables, UNTIL)
