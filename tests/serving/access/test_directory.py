"""The database is made once, however many open it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect

from cases.errors import BadInput
from serving.access import directory as module
from serving.access.directory import Directory
from serving.access.rules import Role
from serving.access.store.schema import METADATA, USERS
from serving.access.users import Grant, new_row, users
from tests.serving.access.conftest import Clock, Recorded


def test_workers_that_start_at_the_same_time(
    tmp_path: Path, recorded: Recorded, clock: Clock
) -> None:
    """Each finds the tables, and what one writes all read."""
    with ThreadPoolExecutor(4) as pool:
        several = list(pool.map(lambda _n: Directory.at(tmp_path, recorded, clock), range(4)))
    first, *others = several
    with first.writing() as connection:
        connection.execute(insert(USERS), new_row("anna", "", Grant.of([Role.CLERK]), None))
    assert [[user.name for user in users(other)] for other in others] == [["anna"]] * 3
    for one in several:
        one.close()


def test_the_migrations_make_what_the_schema_says(directory: Directory) -> None:
    """Tables and columns."""
    found = inspect(directory.engine)
    for table in METADATA.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}


def test_a_change_is_on_the_disk_before_it_is_told(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is waited for after each commit: a power cut brings no revoked key back."""
    seen: list[str] = []
    monkeypatch.setattr(
        module, "durable", lambda _connection: seen.extend(user.name for user in users(directory))
    )
    with directory.writing() as connection:
        connection.execute(insert(USERS), new_row("anna", "", Grant.of([Role.CLERK]), None))
    assert seen == ["anna"]


def test_a_database_that_cannot_be_used_is_named(tmp_path: Path, recorded: Recorded) -> None:
    """With its path, in a sentence."""
    (tmp_path / "access.sqlite").write_text("no database")
    with pytest.raises(BadInput, match=r"access\.sqlite: cannot be used"):
        Directory.at(tmp_path, recorded)
