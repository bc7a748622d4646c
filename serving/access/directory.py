"""The database of users, sessions and keys, with the ledger that says what became of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import DBAPIError

from cases.errors import BadInput, Fault
from cases.language.messages import _
from ledger.ledger import Entry, Ledger
from ledger.records import Kind
from ledger.store.database import PATIENCE, durable, engine_of
from ledger.store.faults import Unusable, plainly
from ledger.store.tables import Migrations, make_tables

FILE, DEMO_FILE = "access.sqlite", "demo_access.sqlite"
REMEDY = _("See to it that the file and its folder belong to you, or put back a backup of it.")
MIGRATIONS = Migrations(Path(__file__).parent / "store" / "migrations", "0001", "access_version")

Record = Callable[[Entry], object]


def seconds() -> int:
    """The time: seconds since 1970."""
    return int(time.time())


@dataclass(frozen=True)
class Directory:
    """`record` appends to the ledger; `now` gives seconds since 1970."""

    engine: Engine
    record: Record
    now: Callable[[], int] = seconds

    @classmethod
    def at(
        cls,
        home: Path,
        record: Record,
        now: Callable[[], int] = seconds,
        *,
        demo: bool = False,
    ) -> Directory:
        """The directory in a folder; it is made if there is none. `BadInput` if it cannot be.

        The users of a demo are in a file of their own, so that they never enter a real office.
        """
        home.mkdir(parents=True, exist_ok=True)
        file = home / (DEMO_FILE if demo else FILE)
        directory = cls(engine_of(file), record, now)
        try:
            with plainly():
                make_tables(directory.engine, MIGRATIONS)
        except Unusable as error:
            directory.close()
            problem = _("cannot be used ({reason}).", reason=error.reason)
            raise BadInput([Fault(str(file), problem, REMEDY)]) from None
        return directory

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only transaction that writes; on the disk when it has ended."""
        # The ledger has its own lock, so that a change and its record never wait for each other.
        with self.engine.connect().execution_options(writes=True) as connection:
            with connection.begin():
                yield connection
            durable(connection.connection.driver_connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads."""
        with self.engine.connect() as connection:
            yield connection

    def try_to_write(self, change: Executable) -> None:
        """Write what may be lost: not where another one writes now, or the disk is full."""
        with suppress(DBAPIError), self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                connection.execute(change)
                connection.commit()
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")

    def note(self, what: str, about: str, by: str | None = None, **more: Any) -> None:
        """Record what was granted, refused or changed: of which id (`about`), `by` which id.

        Called before the change is committed: what cannot be recorded does not happen.
        """
        content: Mapping[str, Any] = {"what": what, "about": about, "by": by, **more}
        self.record(Entry(Kind.ACCESS, content))

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()


@contextmanager
def directory_in(home: Path, ledger: str | None = None, *, demo: bool) -> Iterator[Directory]:
    """The directory in a folder, with the ledger that is there or at the URL `ledger`."""
    with Ledger.at(home, ledger) as opened:
        directory = Directory.at(home, opened.append, demo=demo)
        try:
            yield directory
        finally:
            directory.close()


def hashed(secret: str) -> str:
    """SHA-256 (hex) of a secret that nobody can guess: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
