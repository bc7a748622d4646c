"""An office with users and keys, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from serving.access.directory import Directory
from serving.access.keys import make_key
from serving.access.rules import Role
from serving.access.users import Grant, add_user, change_password
from serving.http.access.account import Account
from serving.http.access.guard import Guard
from serving.http.access.site import Site
from serving.http.app import application
from serving.memory.current import Current
from tests.factories.client import NO_ROOMS
from tests.factories.fakes import InMemory, context
from tests.serving.access.conftest import Clock, Recorded, clock, hasher, recorded

__all__ = ["clock", "hasher", "recorded"]
PASSWORD = "quite a long one 7"  # noqa: S105  of these tests


@pytest.fixture
def directory(tmp_path: Path, recorded: Recorded, clock: Clock) -> Iterator[Directory]:
    """With a manager `anna`, who has chosen a password, and `bea`, who has not."""
    opened = Directory.at(tmp_path, recorded, clock)
    anna, once = add_user(opened, "anna", Grant.of([Role.MANAGER]))
    assert change_password(opened, anna, once, PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def guard(directory: Directory) -> Guard:
    """Who tells who asks."""
    return Guard(directory, Site(proxies={"198.51.100.1"}))


@pytest.fixture
def app(guard: Guard) -> Starlette:
    """The application of five cases."""
    five = context()
    pages = Account(guard, five.office, has_provider=False).lines()
    return application(Current(five, InMemory()), guard, pages, rooms=NO_ROOMS)


@pytest.fixture
def key(directory: Directory) -> str:
    """Of a program that may see all cases."""
    return make_key(directory, "loader", Grant.of([Role.MANAGER]), 30)


@pytest.fixture
def unit_key(directory: Directory) -> str:
    """Of a program that may see the cases of one unit."""
    return make_key(directory, "unit", Grant.of([Role.MANAGER], ["u1"]), 30)
