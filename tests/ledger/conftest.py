"""Ledgers on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from ledger.ledger import Ledger
from tests.cases.sources.conftest import postgres_url
from tests.ledger.databases import carry_out

__all__ = ["postgres_url"]

Attack = Callable[[str], None]  # a statement, carried out by who may do everything


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where a ledger is to be: in a file, or in a fresh database of the server."""
    if request.param == "sqlite":
        yield None
        return
    whole = request.getfixturevalue("postgres_url")
    server = create_engine(whole, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS ledger WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE ledger"))
    server.dispose()
    yield make_url(whole).set(database="ledger").render_as_string(hide_password=False)


@pytest.fixture
def ledger(url: str | None, tmp_path: Path) -> Iterator[Ledger]:
    """An open ledger."""
    with Ledger.at(tmp_path, url) as opened:
        yield opened


@pytest.fixture
def attack(url: str | None, tmp_path: Path) -> Attack:
    """Changes the database behind the ledger's back, without its triggers."""
    return partial(carry_out, tmp_path, url)
