"""The PostgreSQL server that tests of databases read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.sources import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real server's database; skips with a message where there is none."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.server() as url:
        yield url
