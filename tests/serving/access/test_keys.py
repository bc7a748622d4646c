"""Keys of programs."""

from __future__ import annotations

import sqlite3
from unittest.mock import Mock

import pytest
from sqlalchemy import select

from cases.errors import BadInput, Refused
from serving.access.directory import Directory
from serving.access.keys import DAY, LENGTH, REMEMBERED, KeyRing, keys, make_key, revoke
from serving.access.rules import Role
from serving.access.store.schema import KEYS
from serving.access.users import Grant
from tests.serving.access.conftest import Clock, Recorded

GRANT = Grant.of([Role.MANAGER], ["u1"])


def test_a_key_is_found_and_its_secret_is_nowhere(directory: Directory, recorded: Recorded) -> None:
    """Its caller has its roles and units; database and ledger have only a hash and an id."""
    secret = make_key(directory, "loader", GRANT, 30)
    caller = KeyRing(directory).find(secret)
    (key,) = keys(directory)
    assert caller is not None
    assert (caller.id, caller.roles, caller.units) == (key.id, {Role.MANAGER}, {"u1"})
    assert len(secret) == LENGTH
    with directory.reading() as connection:
        assert secret not in str(connection.execute(select(KEYS)).all())
    assert secret not in str([*recorded])


@pytest.mark.parametrize("wrong", ["", "plumb_", "plumb_" + "x" * 43, "x" * LENGTH, "ключ"])
def test_what_is_no_key(directory: Directory, wrong: str) -> None:
    """Nothing is found by it."""
    make_key(directory, "loader", GRANT, 30)
    assert KeyRing(directory).find(wrong) is None


def test_a_key_ends(directory: Directory, clock: Clock) -> None:
    """At its time, also while it is remembered; the use of it is noted."""
    secret, ring = make_key(directory, "loader", GRANT, 1), KeyRing(directory)
    clock.now += DAY - 1
    assert ring.find(secret)
    assert ring.remembered(secret)
    assert keys(directory)[0].used == clock.now
    clock.now += 1
    assert ring.remembered(secret) is None
    assert ring.find(secret) is None


def test_a_key_is_good_where_its_use_cannot_be_written(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is full: what only asks is answered still."""
    secret = make_key(directory, "loader", GRANT, 1)
    full = sqlite3.OperationalError("database or disk is full")
    monkeypatch.setattr(Directory, "writing", Mock(side_effect=full))
    assert KeyRing(directory).find(secret)


def test_a_key_that_is_revoked_ends_within_seconds(directory: Directory, clock: Clock) -> None:
    """As soon as it is no longer remembered."""
    secret, ring = make_key(directory, "loader", GRANT, 1), KeyRing(directory)
    assert ring.find(secret)
    revoke(directory, "loader")
    clock.now += REMEMBERED + 1
    assert ring.remembered(secret) is None
    assert ring.find(secret) is None
    with pytest.raises(BadInput, match="is no key"):
        revoke(directory, "loader")


def test_a_new_key_takes_the_place_of_the_old_one(directory: Directory, recorded: Recorded) -> None:
    """There is one of each name; the ledger says of both what became of them."""
    old, new = (make_key(directory, "loader", GRANT, 1) for _i in range(2))
    assert KeyRing(directory).find(old) is None
    assert KeyRing(directory).find(new)
    assert len(keys(directory)) == 1
    assert [one["what"] for one in recorded] == ["key_made", "key_revoked", "key_made"]


def test_no_program_gives_rights(directory: Directory) -> None:
    """A key has no role of a security administrator, and no endless time."""
    with pytest.raises(Refused, match="gives rights"):
        make_key(directory, "x", Grant.of([Role.SECURITY_ADMIN]), 1)
    for days in (0, -1, 10**6):
        with pytest.raises(BadInput, match="so long"):
            make_key(directory, "x", GRANT, days)


def test_few_keys_are_remembered(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one found first is forgotten first."""
    monkeypatch.setattr("serving.access.keys.MOST_REMEMBERED", 2)
    ring = KeyRing(directory)
    secrets = [make_key(directory, f"k{n}", GRANT, 1) for n in range(3)]
    assert all(ring.find(secret) for secret in secrets)
    assert [ring.remembered(secret) is None for secret in secrets] == [True, False, False]


def test_a_key_is_found_while_another_one_writes(directory: Directory, clock: Clock) -> None:
    """That it was used is noted another time: asking neither waits nor fails."""
    secret, ring = make_key(directory, "loader", GRANT, 1), KeyRing(directory)
    with directory.writing():
        assert ring.find(secret)
        assert keys(directory)[0].used is None
    assert ring.find(secret)
    assert keys(directory)[0].used == clock.now
