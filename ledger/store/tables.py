"""Tables are made, and brought up to date where they are older: a ledger's, and others'."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, inspect

from cases.language.messages import _
from ledger.store import database
from ledger.store.faults import Unusable

NEWER = _("a newer version of this program made it")
UPDATE = _("Use that version, or a newer one.")


class Migrations(NamedTuple):
    """Of which tables: their folder, the last one, and the table that says which were made."""

    folder: Path
    newest: str
    version_table: str


OF_LEDGER = Migrations(Path(__file__).parent / "migrations", "0002", "alembic_version")


def make_tables(engine: Engine, migrations: Migrations = OF_LEDGER) -> None:
    """Make new tables, a ledger's by default, or bring older ones up to date.

    Costs a question where they are; `Unusable` where a later version of the program made them.
    """
    revision = _revision(engine, migrations.version_table)
    if revision == migrations.newest:
        return
    if revision is not None and revision > migrations.newest:
        raise Unusable(NEWER, UPDATE)
    _upgrade(engine, migrations.folder)


def has_tables(engine: Engine) -> bool:
    """Whether there is a ledger in the database."""
    return inspect(engine).has_table("records")


def _revision(engine: Engine, version_table: str) -> str | None:
    """The migration that the tables are of; None where there are none."""
    if not inspect(engine).has_table(version_table):
        return None
    found = database.answer(engine, f"SELECT version_num FROM {version_table}")  # noqa: S608  ours
    return str(found[0][0]) if found else None


def _upgrade(engine: Engine, folder: Path) -> None:
    from alembic import command  # noqa: PLC0415  (only for tables that are new or old)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(folder))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with database.driver(engine) as connection:
        database.durable(connection)
