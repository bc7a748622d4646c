"""Users and keys as pages: let in, given other rights, let in no more; each change is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Entry
from serving.access.caller import Caller
from serving.access.directory import Directory
from serving.access.keys import KeyRing, keys
from serving.access.rules import Role
from serving.access.users import Grant, add_user, users
from serving.http.pages.shell.rooms import Rooms
from tests.factories.client import ask
from tests.factories.fakes import context

ADMIN = Caller("u-admin", frozenset([Role.SECURITY_ADMIN]))


@pytest.fixture
def noted() -> list[Entry]:
    """What was recorded."""
    return []


@pytest.fixture
def directory(tmp_path: Path, noted: list[Entry]) -> Iterator[Directory]:
    """An office with one user, a security administrator."""
    made = Directory.at(tmp_path, noted.append)
    add_user(made, "anna", Grant.of([Role.SECURITY_ADMIN]), shown="Anna <b>A.</b>")
    yield made
    made.close()


def page(directory: Directory, path: str, **fields: str) -> Any:
    """A page, or what its form answers where fields are sent."""
    rooms = Rooms(Path("/nowhere"), directory)
    sent = {"data": fields} if fields else {}
    return ask("POST" if fields else "GET", path, context(), ADMIN, rooms=rooms, **sent)


def test_somebody_new(directory: Directory, noted: list[Entry]) -> None:
    """The one-time password is on the answer alone; who did it is recorded by an id."""
    fields = {"name": "Bea", "shown": "Bea B.", "role-reviewer": "yes", "units": "u1\r\n\r\nu2"}
    answer = page(directory, "/users/new", **fields)
    assert answer.status_code == 200
    assert re.search(r"<code>[a-z2-9-]{20,}</code>", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    bea = users(directory)[1]
    assert (bea.name, bea.grant.units) == ("bea", frozenset(["u1", "u2"]))
    assert noted[-1].content["by"] == "u-admin"
    shown = page(directory, "/users").text
    assert "Bea B." in shown
    assert "Anna &lt;b&gt;A.&lt;/b&gt;" in shown


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "bea"}, "role-clerk"),
        ({"name": "bea", "role-auditor": "yes", "role-clerk": "yes"}, None),
        ({"name": "b e a", "role-clerk": "yes"}, None),
        ({"name": "anna", "role-clerk": "yes"}, None),
    ],
)
def test_what_is_wrong_is_said(directory: Directory, fields: dict[str, str], field: str) -> None:
    """Beside the form, which keeps what was sent; nobody is let in."""
    answer = page(directory, "/users/new", **fields)
    assert answer.status_code == 422
    assert f'value="{fields["name"]}"' in answer.text
    assert "There is a problem" in answer.text
    if field:
        assert f'href="#{field}"' in answer.text
    assert len(users(directory)) == 1


def test_rights_are_changed(directory: Directory) -> None:
    """By the form of the user; the last security administrator is pointed out."""
    shown = page(directory, "/users/user?name=anna").text
    assert "only security administrator" in shown
    answer = page(directory, "/users/user?name=anna", **{"role-manager": "yes", "units": ""})
    assert answer.headers["location"] == "/users/user?name=anna&said=saved"
    assert users(directory)[0].grant.roles == {Role.MANAGER}
    assert page(directory, "/users/user?name=nobody").status_code == 404


def test_let_in_no_more_and_again(directory: Directory) -> None:
    """Asked once more first; a one-time password opens the door again."""
    assert "Let this user in no more?" in page(directory, "/users/user?name=anna&asks=disable").text
    page(directory, "/users/user?name=anna", what="disable")
    assert users(directory)[0].disabled
    assert "<code>" in page(directory, "/users/user?name=anna", what="reset").text
    assert not users(directory)[0].disabled


def test_nobody_gives_roles_to_themselves(directory: Directory) -> None:
    """Whatever is sent."""
    anna = users(directory)[0]
    rooms = Rooms(Path("/nowhere"), directory)
    caller = Caller(anna.id, anna.grant.roles)
    sent = {"role-manager": "yes"}
    of = context()
    path = "/users/user?name=anna"
    assert ask("POST", path, of, caller, rooms=rooms, data=sent).status_code == 422
    assert users(directory)[0].grant.roles == {Role.SECURITY_ADMIN}


def test_a_key(directory: Directory) -> None:
    """It is shown once, works, and is taken back by a button that asks again."""
    answer = page(directory, "/keys/new", **{"name": "loader", "days": "7", "role-clerk": "yes"})
    (secret,) = re.findall("<code>(plumb_[^<]+)</code>", answer.text)
    assert KeyRing(directory).find(secret)
    assert "plumb_" not in page(directory, "/keys").text
    assert "Take back for good" in page(directory, "/keys?asks=loader").text
    page(directory, "/keys", name="loader")
    assert keys(directory) == []
    assert page(directory, "/keys", name="loader").status_code == 422


@pytest.mark.parametrize("days", ["0", "731", "x", "", "9" * 5_000])
def test_a_key_ends(directory: Directory, days: str) -> None:
    """The number of days is a fault of its field."""
    fields = {"name": "loader", "days": days, "role-clerk": "yes"}
    answer = page(directory, "/keys/new", **fields)
    assert answer.status_code == 422
    assert 'href="#days"' in answer.text
