"""Keys of programs: shown once, stored as a hash, each with an end."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.nearest import did_you_mean
from serving.access.caller import Caller
from serving.access.directory import Directory, hashed
from serving.access.rules import Role
from serving.access.store.schema import KEYS
from serving.access.users import Grant, checked_name, folded_name

PREFIX = "plumb_"  # by which those who search for lost secrets know one
LENGTH = len(PREFIX) + 43  # 256 bits in 43 letters
DAY = 24 * 3600  # seconds
LONGEST = 730  # days
REMEMBERED, MOST_REMEMBERED = 10, 1_000  # seconds, keys
NOTED = 60  # seconds after which it is noted again that a key is used


@dataclass(frozen=True)
class Key:
    """A program's key: `until` and `used` are seconds since 1970."""

    id: str
    name: str
    grant: Grant
    until: int
    used: int | None = None

    @classmethod
    def read(cls, row: RowMapping) -> Key:
        """As it was stored."""
        grant = Grant.read(row["roles"], row["units"])
        return cls(row["id"], row["name"], grant, row["until"], row["used"])

    @property
    def caller(self) -> Caller:
        """Who asks when a program uses this key."""
        return Caller(self.id, self.grant.roles, self.grant.units)


def make_key(
    directory: Directory, name: str, grant: Grant, days: int, by: str | None = None
) -> str:
    """A new key, which is stored nowhere; it takes the place of one of the same name.

    `BadInput` for a time it cannot have, `Refused` for a key that gives rights.
    """
    if Role.SECURITY_ADMIN in grant.roles:
        raise Refused(_("A program gives rights to nobody: no key has the role of security_admin."))
    if not 1 <= days <= LONGEST:
        remedy = _("Give 1 to {most} days.", most=LONGEST)
        raise BadInput([Fault(_("the key"), _("cannot be good for so long."), remedy)])
    secret = PREFIX + secrets.token_urlsafe(32)
    row = {
        "id": f"k-{secrets.token_hex(6)}",
        "hash": hashed(secret),
        "name": checked_name(name),
        **grant.stored(),
        "until": directory.now() + days * DAY,
        "used": None,
    }
    with directory.writing() as connection:
        _remove(directory, connection, str(row["name"]), by)
        connection.execute(insert(KEYS), row)
        directory.note("key_made", str(row["id"]), by, **grant.stored())
    return secret


def keys(directory: Directory) -> list[Key]:
    """All keys, by name."""
    with directory.reading() as connection:
        rows = connection.execute(select(KEYS).order_by(KEYS.c.name)).mappings()
        return [Key.read(row) for row in rows]


def revoke(directory: Directory, name: str, by: str | None = None) -> None:
    """End a key; `BadInput` if there is none of this name."""
    with directory.writing() as connection:
        if not _remove(directory, connection, folded_name(name), by):
            known = list(connection.execute(select(KEYS.c.name)).scalars())
            remedy = did_you_mean(
                name, known, _("See who there is with `triage users OFFICE list`.")
            )
            raise BadInput([Fault(_("the keys"), _("is no key."), remedy, value=name)])


def _remove(directory: Directory, connection: Connection, name: str, by: str | None) -> bool:
    """Whether there was a key of this name; it is gone now."""
    key_id = connection.execute(select(KEYS.c.id).where(KEYS.c.name == name)).scalar_one_or_none()
    if key_id is not None:
        connection.execute(delete(KEYS).where(KEYS.c.id == key_id))
        directory.note("key_revoked", key_id, by)
    return key_id is not None


class KeyRing:
    """Finds keys; what was found is remembered for some seconds, so that a check costs little."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._found: OrderedDict[str, tuple[int, Key]] = OrderedDict()

    def remembered(self, secret: str) -> Caller | None:
        """As `find`, of keys that were found within the last seconds."""
        now = self._directory.now()
        at, key = self._found.get(hashed(secret), (0, None))
        if key is None or now - at > REMEMBERED or now >= key.until:
            return None
        return key.caller

    def find(self, secret: str) -> Caller | None:
        """Who asks with this key; None if there is no such key, or its time is over."""
        if len(secret) != LENGTH or not secret.startswith(PREFIX):
            return None
        now = self._directory.now()
        key = self._read(hashed(secret), now)
        return key.caller if key is not None and now < key.until else None

    def _read(self, hash_of: str, now: int) -> Key | None:
        self._found.pop(hash_of, None)
        with self._directory.reading() as connection:
            asked = select(KEYS).where(KEYS.c.hash == hash_of)
            row = connection.execute(asked).mappings().one_or_none()
        if row is None:
            return None
        key = Key.read(row)
        if key.used is None or now - key.used > NOTED:
            noted = update(KEYS).where(KEYS.c.id == key.id).values(used=now)
            self._directory.try_to_write(noted)
        self._found[hash_of] = (now, key)
        if len(self._found) > MOST_REMEMBERED:
            self._found.popitem(last=False)
        return key
