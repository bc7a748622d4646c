"""The tables of a ledger are made, and brought up to date where they are older."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect

from cases.language.messages import _
from ledger.store import database
from ledger.store.faults import Unusable

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = "0002"  # the last of the migrations
NEWER = _("a newer version of this program made it")
UPDATE = _("Use that version, or a newer one.")


def make_tables(engine: Engine) -> None:
    """Make the tables of a new ledger, or bring older ones up to date.

    Costs a question where they are; `Unusable` where a later version of the program made them.
    """
    revision = _revision(engine)
    if revision == NEWEST:
        return
    if revision is not None and revision > NEWEST:
        raise Unusable(NEWER, UPDATE)
    _upgrade(engine)


def has_tables(engine: Engine) -> bool:
    """Whether there is a ledger in the database."""
    return inspect(engine).has_table("records")


def _revision(engine: Engine) -> str | None:
    """The migration that the tables are of; None where there are none."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    found = database.answer(engine, "SELECT version_num FROM alembic_version")
    return str(found[0][0]) if found else None


def _upgrade(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415  (only for a ledger that is new or old)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with database.driver(engine) as connection:
        database.durable(connection)
