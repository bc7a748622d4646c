"""Drafts of grades, in a file beside the office's models: no records, and gone once sent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.sqlite import insert

from cases.errors import Refused
from cases.language.messages import _
from ledger.store.database import engine_of
from ledger.store.faults import Unusable, plainly
from ledger.store.tables import Migrations, make_tables
from serving.work.drafts.schema import DRAFTS

FILE = (
    "drafts.sqlite"  # apart from the lease, whose holder writes alone for as long as a mail takes
)
MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "0001", "drafts_version")
LASTS = 180 * 24 * 3600  # seconds; an older draft is dropped
LARGEST = 100_000  # letters


class Place(NamedTuple):
    """Whose draft it is, and of which reading."""

    user_id: str
    plan: str
    case_id: str
    reading: str


class Draft(NamedTuple):
    """What was in the form, and when that was kept (UTC)."""

    fields: Mapping[str, str]
    at: datetime


def seconds() -> int:
    """The time: seconds since 1970."""
    return int(time.time())


@dataclass(frozen=True)
class Drafts:
    """The drafts of an office."""

    engine: Engine
    now: Callable[[], int] = seconds

    @classmethod
    def at(cls, home: Path, now: Callable[[], int] = seconds) -> Drafts:
        """Those in a folder, made if there are none; `Refused` if they cannot be kept."""
        engine = engine_of(home / FILE)
        with _kept():
            make_tables(engine, MIGRATIONS)
        return cls(engine, now)

    def of(self, place: Place) -> Draft | None:
        """A draft; None if there is none."""
        wanted = select(DRAFTS.c.fields, DRAFTS.c.saved_at).where(*_at(place._asdict()))
        with _kept(), self.engine.connect() as connection:
            found = connection.execute(wanted).first()
        return (
            None
            if found is None
            else Draft(json.loads(found[0]), datetime.fromtimestamp(found[1], UTC))
        )

    def begun(self, user_id: str) -> set[tuple[str, str, str]]:
        """Plan, case and reading of every draft of a user."""
        columns = DRAFTS.c.plan, DRAFTS.c.case_id, DRAFTS.c.reading
        wanted = select(*columns).where(DRAFTS.c.user_id == user_id)
        with _kept(), self.engine.connect() as connection:
            return {(row[0], row[1], row[2]) for row in connection.execute(wanted)}

    def keep(self, place: Place, fields: Mapping[str, str]) -> None:
        """Keep what is in a form, instead of what was there; old drafts go."""
        text, now = json.dumps(fields, ensure_ascii=False), self.now()
        if len(text) > LARGEST:
            raise Refused(_("This is too long to be kept."))
        values = {"fields": text, "saved_at": now}
        adding = insert(DRAFTS).values(**place._asdict(), **values)
        adding = adding.on_conflict_do_update(index_elements=[*Place._fields], set_=values)
        with self._writing() as connection:
            connection.execute(delete(DRAFTS).where(DRAFTS.c.saved_at < now - LASTS))
            connection.execute(adding)

    def drop(self, place: Place) -> None:
        """Drop a draft: it was sent."""
        with self._writing() as connection:
            connection.execute(delete(DRAFTS).where(*_at(place._asdict())))

    def drop_of_reading(self, plan: str, case_id: str, reading: str) -> None:
        """Drop whatever was begun of a reading: it was given back, and nobody can send it."""
        of_reading = {"plan": plan, "case_id": case_id, "reading": reading}
        with self._writing() as connection:
            connection.execute(delete(DRAFTS).where(*_at(of_reading)))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            _kept(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection


def _at(place: Mapping[str, str]) -> list[Any]:
    return [DRAFTS.c[name] == value for name, value in place.items()]


@contextmanager
def _kept() -> Iterator[None]:
    """`Refused` where the file cannot be used."""
    try:
        with plainly():
            yield
    except Unusable as error:
        raise Refused(_("Drafts cannot be kept now ({reason}).", reason=error.reason)) from None
