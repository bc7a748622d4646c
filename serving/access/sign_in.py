"""Signing in with a name and a password.

Whoever guesses waits longer and longer, but only from where the guessing comes: an account is
never locked, so that nobody can lock somebody else out. A browser in which an account has signed
in before is a place of its own (OWASP, device cookies), which others at its address cannot spoil.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from serving.access import passwords
from serving.access.denials import TooMany
from serving.access.directory import Directory, hashed
from serving.access.limits import Buckets
from serving.access.sessions import begin
from serving.access.store.schema import BROWSERS, FAILURES, USERS
from serving.access.users import User, find, folded_name

FREE = 5  # failures before there is a wait
LONGEST_WAIT = 15 * 60  # seconds
MOST_DOUBLED = 10  # times that a wait is doubled
FORGOTTEN = 24 * 3600  # seconds after which a failure counts no more
CHOOSING = 15 * 60  # seconds that a one-time password is still good for once it was used
KNOWN = 180 * 24 * 3600  # seconds that a browser is known


@dataclass(frozen=True)
class Place:
    """Where somebody signs in: the client's address, and the secrets of the browser's cookies."""

    address: str
    browser: str | None = None
    session: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """The new session's token, and the secret by which the browser is known from now on."""

    user: User
    token: str
    browser: str


def sign_in(
    directory: Directory, attempts: Buckets, name: str, password: str, place: Place
) -> SignedIn | None:
    """A new session, or None for a wrong name or password; `TooMany` if one has to wait."""
    folded = folded_name(name)
    with directory.reading() as connection:
        user = find(connection, USERS.c.name == folded)
        known = user is not None and _is_known(connection, user, place, directory.now())
        lane = _lane(folded, place, known=known)
        wait = _wait(connection, lane, directory.now())
    wait = wait or (0 if known else attempts.wait(place.address))
    if wait:
        raise TooMany(wait)
    right = passwords.is_right(user.password if user else None, password)
    if user is None or not right or not user.may_enter(directory.now()):
        if not known:  # and only what was wrong counts: many may share an address
            attempts.take(place.address)
        _failed(directory, lane, user)
        return None
    return _entered(directory, user, place, lane, known=known)


def enter(directory: Directory, connection: Connection, user: User, place: Place) -> SignedIn:
    """A new session of a user who has shown who they are."""
    now = directory.now()
    token = begin(connection, user.id, now, place.session)
    browser = secrets.token_urlsafe(32)
    connection.execute(delete(BROWSERS).where(BROWSERS.c.until < now))
    row = {"hash": hashed(browser), "user_id": user.id, "until": now + KNOWN}
    connection.execute(insert(BROWSERS), row)
    directory.note("signed_in", user.id, user.id)
    return SignedIn(user, token, browser)


def _entered(directory: Directory, user: User, place: Place, lane: str, *, known: bool) -> SignedIn:
    with directory.writing() as connection:
        connection.execute(delete(FAILURES).where(FAILURES.c.hash == lane))
        if user.once_until is not None:  # time enough to choose a password
            until = min(user.once_until, directory.now() + CHOOSING)
            connection.execute(update(USERS).where(USERS.c.id == user.id).values(once_until=until))
        if known and place.browser:  # it gets a new secret
            connection.execute(delete(BROWSERS).where(BROWSERS.c.hash == hashed(place.browser)))
        return enter(directory, connection, user, place)


def _failed(directory: Directory, lane: str, user: User | None) -> None:
    now = directory.now()
    with directory.writing() as connection:
        connection.execute(delete(FAILURES).where(FAILURES.c.last < now - FORGOTTEN))
        this = FAILURES.c.hash == lane
        counted = update(FAILURES).where(this).values(count=FAILURES.c.count + 1, last=now)
        if connection.execute(counted).rowcount == 0:
            connection.execute(insert(FAILURES), {"hash": lane, "count": 1, "last": now})
        # Not the name that was typed: it may be a password in the wrong place.
        directory.note("sign_in_refused", user.id if user else "nobody")


def _is_known(connection: Connection, user: User, place: Place, now: int) -> bool:
    if place.browser is None:
        return False
    of_browser = (BROWSERS.c.hash == hashed(place.browser)) & (BROWSERS.c.user_id == user.id)
    until = connection.execute(select(BROWSERS.c.until).where(of_browser)).scalar()
    return until is not None and now < until


def _lane(name: str, place: Place, *, known: bool) -> str:
    where = f"browser {place.browser}" if known else f"address {place.address}"
    return hashed(f"{name}\n{where}")


def _wait(connection: Connection, lane: str, now: int) -> int:
    asked = select(FAILURES.c.count, FAILURES.c.last).where(FAILURES.c.hash == lane)
    row = connection.execute(asked).one_or_none()
    count, last = (0, 0) if row is None else (row[0], row[1])
    if count < FREE or last < now - FORGOTTEN:
        return 0
    wait = min(2 ** min(count - FREE + 1, MOST_DOUBLED), LONGEST_WAIT)
    left: int = last + wait - now
    return max(left, 0)
