"""Why a ledger cannot be used, in plain sentences that hold nothing of its content."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cases.files import is_disk_full, reason
from cases.language.messages import Sayable, _

LOOK = _("Look at the ledger with `triage verify`; nothing is decided without a record.")
ROOM = _("Make room on the disk.")
WAIT = _("Try again when the other one has ended.")
SERVER = _("Look at TRIAGE_LEDGER, and whether the server runs.")
RIGHTS = _("Ask who runs the database for the rights that docs/ledger.md names.")
FILE_RIGHTS = _("See to it that the file and its folder belong to you.")

DAMAGED = (_("it is damaged, or it is no ledger"), LOOK)
FULL = (_("the disk is full"), ROOM)
BUSY = (_("another program is writing to it and does not end"), WAIT)
FORBIDDEN = (_("the user of the database may not do that"), RIGHTS)
AWAY = (_("the server does not answer"), SERVER)
REFUSED = (_("the server refuses the user, the password or the database"), SERVER)

OF_FILES = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_READONLY: (_("it may only be read"), FILE_RIGHTS),
    sqlite3.SQLITE_CANTOPEN: (_("it cannot be opened"), FILE_RIGHTS),
    sqlite3.SQLITE_PERM: (_("it cannot be opened"), FILE_RIGHTS),
    sqlite3.SQLITE_IOERR: (_("the disk has failed"), LOOK),
}
OF_SERVERS = {  # by the beginning of the SQLSTATE; the longest that fits says it
    "42501": FORBIDDEN,
    "53100": FULL,
    "53": (_("the server has too much to do"), WAIT),
    "55P03": BUSY,
    "25006": (_("it may only be read"), SERVER),
    "08": AWAY,
    "57": AWAY,
}


class Unusable(Exception):
    """A ledger that cannot be opened, read or written to: why, and what to do about it."""

    def __init__(self, reason: Sayable | str, remedy: Sayable) -> None:
        super().__init__(str(reason))
        self.reason, self.remedy = reason, remedy


@contextmanager
def plainly() -> Iterator[None]:
    """`Unusable` for what the drivers of the databases and the disk raise."""
    try:
        yield
    except OSError as error:
        raise Unusable(reason(error), ROOM if is_disk_full(error) else FILE_RIGHTS) from error
    except errors_of_databases() as error:
        raise Unusable(*_why(error.orig if isinstance(error, DBAPIError) else error)) from error


def errors_of_databases() -> tuple[type[Exception], ...]:
    """What the drivers raise, and what is between them and us."""
    return sqlite3.Error, SQLAlchemyError, *errors_of_servers()


def errors_of_servers() -> tuple[type[Exception], ...]:
    """The errors of psycopg, where it has been loaded: it costs more than a small command."""
    psycopg = sys.modules.get("psycopg")
    return () if psycopg is None else (psycopg.Error,)


def _why(error: BaseException | None) -> tuple[Sayable, Sayable]:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what extends it
        return OF_FILES.get(code, DAMAGED)
    state = getattr(error, "sqlstate", None)
    if state is None:  # there was no connection, of which the driver tells no more than this
        return REFUSED if "FATAL" in str(error) else AWAY
    fitting = [start for start in OF_SERVERS if state.startswith(start)]
    return OF_SERVERS[max(fitting, key=len)] if fitting else DAMAGED
