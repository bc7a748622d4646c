"""A lease: of all processes of a machine one at a time does something, until it ends or is killed.

It is a row of `work.sqlite` in the folder of the office's models, taken where there is none or it
has run out, and renewed while the work goes on. What must not be done by two is done
`owning` it: in a transaction that only one process can have, and that begins with a look
whether the lease is still ours. Whoever was stopped for so long that another took the lease
can therefore do nothing of that kind any more (Kleppmann 2016, "How to do distributed locking",
calls it fencing).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from ledger.store.database import engine_of
from ledger.store.faults import BUSY, Unusable, errors_of_databases, plainly
from ledger.store.tables import Migrations, make_tables
from serving.leases.schema import LEASES

FILE = "work.sqlite"
MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "0001", "work_version")
SECONDS = 60.0  # that a lease lasts without being renewed, as after a kill
RENEWED = 4  # times in that time
REMEDY = _("See to it that the file and its folder belong to you.")


class Taken(Refused):
    """Another process has the lease."""


class Lost(Refused):
    """Another process has taken the lease, because it was not renewed in time."""


def milliseconds() -> int:
    """The time: milliseconds since 1970."""
    return int(time.time() * 1000)


class Lease:
    """A lease that was taken; `holder` is the random name of who has it."""

    def __init__(
        self, engine: Engine, name: str, seconds: float, now: Callable[[], int] = milliseconds
    ) -> None:
        self.holder = secrets.token_hex(16)
        self.is_lost = False  # as far as is known
        self._engine, self._name, self._now = engine, name, now
        self._lasts = int(seconds * 1000)

    def take(self) -> None:
        """Take it; `Taken` if another one has it, `BadInput` if the file cannot be used."""
        mine = {"holder": self.holder, "until": self._now() + self._lasts}
        taking = insert(LEASES).values(name=self._name, **mine)
        run_out = LEASES.c.until < self._now()
        taking = taking.on_conflict_do_update(index_elements=["name"], set_=mine, where=run_out)
        try:
            with plainly(), _writing(self._engine) as connection:
                taken = connection.execute(taking).rowcount == 1
        except Unusable as error:
            if (error.reason, error.remedy) != BUSY:
                raise _bad(error) from None
            taken = False
        if not taken:
            raise Taken(
                _("Another process does this now. Where one was killed, try again in a minute.")
            )

    @contextmanager
    def owning(self) -> Iterator[None]:
        """While this lasts nobody else can take the lease; `Lost` if somebody has."""
        with _writing(self._engine) as connection:
            self._renew(connection)
            yield

    def renew(self) -> None:
        """Make it last again; `Lost` if somebody else has taken it."""
        with _writing(self._engine) as connection:
            self._renew(connection)

    def _renew(self, connection: Connection) -> None:
        renewing = update(LEASES).where(*self._mine).values(until=self._now() + self._lasts)
        self.is_lost = connection.execute(renewing).rowcount == 0
        self.check()

    def check(self) -> None:
        """`Lost` if it is known that somebody else has taken it; this asks nobody."""
        if self.is_lost:
            raise Lost(_("This took too long, and another process does it now."))

    def give_back(self) -> None:
        """Let others take it at once."""
        with _writing(self._engine) as connection:
            connection.execute(delete(LEASES).where(*self._mine))

    @property
    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return LEASES.c.name == self._name, LEASES.c.holder == self.holder


@contextmanager
def leased(home: Path, name: str, seconds: float = SECONDS) -> Iterator[Lease]:
    """The lease of this name, renewed until the end; `Taken` if another process has it.

    `BadInput` where the file cannot be used.
    """
    engine = _engine(home)
    try:
        lease, ended = Lease(engine, name, seconds), threading.Event()
        lease.take()
        renewing = threading.Thread(
            target=_renewed, args=(lease, ended, seconds / RENEWED), daemon=True
        )
        renewing.start()
        try:
            yield lease
        finally:
            ended.set()
            renewing.join()
            with suppress(*errors_of_databases()):  # then it runs out
                lease.give_back()
    finally:
        engine.dispose()


def _renewed(lease: Lease, ended: threading.Event, every: float) -> None:
    """Renew a lease again and again; one that was lost is noticed by who owns it."""
    while not ended.wait(every):
        try:
            lease.renew()
        except Lost:
            return
        except errors_of_databases():  # busy for long, or the disk is full: next time
            continue


def holder_of(home: Path, name: str) -> str | None:
    """Who has the lease of this name now; None if nobody has."""
    if not (home / FILE).exists():
        return None
    engine = _engine(home)
    try:
        with engine.connect() as connection:
            held = select(LEASES.c.holder).where(
                LEASES.c.name == name, LEASES.c.until >= milliseconds()
            )
            return connection.execute(held).scalar()
    finally:
        engine.dispose()


def _engine(home: Path) -> Engine:
    """The database, made if there is none."""
    home.mkdir(parents=True, exist_ok=True)
    engine = engine_of(home / FILE)
    try:
        with plainly():
            make_tables(engine, MIGRATIONS)
    except Unusable as error:
        engine.dispose()
        raise _bad(error) from None
    return engine


def _bad(error: Unusable) -> BadInput:
    return BadInput([Fault(FILE, _("cannot be used ({reason}).", reason=error.reason), REMEDY)])


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    """The only transaction that writes."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection
