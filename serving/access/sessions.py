"""Sessions of people in a browser: kept here, so that they end when they are ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from serving.access.directory import Directory, hashed
from serving.access.store.schema import SESSIONS, USERS
from serving.access.users import User, find

IDLE = 60 * 60  # seconds without a request
LONGEST = 12 * 60 * 60  # seconds in all
NOTED = 60  # seconds after which it is noted again that it is used


@dataclass(frozen=True)
class Session:
    """A session and its user."""

    token: str
    user: User

    @property
    def form_token(self) -> str:
        """What a form of this session sends along; a page of others cannot know it."""
        return form_token(self.token)


def form_token(token: str) -> str:
    """What forms send along that were shown to who has this secret in a cookie."""
    return hashed(f"form {token}")


def begin(connection: Connection, user_id: str, now: int, before: str | None = None) -> str:
    """A new session's token; the one that the browser had `before` ends."""
    token = secrets.token_urlsafe(32)
    over = (SESSIONS.c.seen < now - IDLE) | (SESSIONS.c.began < now - LONGEST)
    if before:
        over |= SESSIONS.c.hash == hashed(before)
    connection.execute(delete(SESSIONS).where(over))
    row = {"hash": hashed(token), "user_id": user_id, "began": now, "seen": now}
    connection.execute(insert(SESSIONS), row)
    return token


def find_session(directory: Directory, token: str) -> Session | None:
    """The session of a token; None if it is over, or its user is let in no more."""
    now, key = directory.now(), hashed(token)
    with directory.reading() as connection:
        row = connection.execute(select(SESSIONS).where(SESSIONS.c.hash == key)).one_or_none()
        if row is None or now - row.seen > IDLE or now - row.began > LONGEST:
            return None
        user = find(connection, USERS.c.id == row.user_id)
    if user is None or not user.may_enter(now):
        return None
    if now - row.seen > NOTED:
        directory.try_to_write(update(SESSIONS).where(SESSIONS.c.hash == key).values(seen=now))
    return Session(token, user)


def end(directory: Directory, token: str) -> None:
    """End a session."""
    with directory.writing() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == hashed(token)))
