"""Users are made, given roles, disabled; every change is recorded."""

from __future__ import annotations

import pytest

from cases.errors import BadInput, Refused
from ledger.store.tables import OF_LEDGER, Migrations
from serving.access.directory import MIGRATIONS, Directory
from serving.access.passwords import is_right
from serving.access.rules import Role
from serving.access.users import (
    Grant,
    add_user,
    change_grant,
    change_password,
    disable,
    reset,
    users,
)
from tests.serving.access.conftest import Clock, Recorded

MANAGER = Grant.of([Role.MANAGER])
REVIEWER = Grant.of([Role.REVIEWER, Role.HANDLER], ["u1"])
NEW = "quite a long one 7"


def test_a_user_is_added(directory: Directory, recorded: Recorded, clock: Clock) -> None:
    """With a one-time password that is stored as a hash, and a record that names nobody."""
    user, once = add_user(directory, " Ａnna ", REVIEWER, shown="Anna A.", person="h1")

    assert users(directory) == [user]
    assert (user.name, user.shown, user.person) == ("anna", "Anna A.", "h1")
    assert user.caller.roles == {Role.REVIEWER, Role.HANDLER}
    assert user.caller.units == {"u1"}
    assert user.once_until == clock.now + 7 * 24 * 3600
    assert is_right(user.password, once)
    assert recorded.last == {
        "what": "user_added",
        "about": user.id,
        "by": None,
        "roles": '["handler", "reviewer"]',
        "units": '["u1"]',
    }
    assert "anna" not in str(recorded.last).lower()
    assert once not in str(recorded.last)


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "../x", "ann\u200ba", "-a", "安娜"])
def test_a_name_that_is_none(directory: Directory, name: str) -> None:
    """Only what everybody can type and nobody confuses."""
    with pytest.raises(BadInput, match="no name to sign in with"):
        add_user(directory, name, MANAGER)


def test_a_name_is_taken_whatever_its_case(directory: Directory) -> None:
    """Nobody is mistaken for somebody else."""
    add_user(directory, "anna", MANAGER)
    with pytest.raises(BadInput, match="is taken"):
        add_user(directory, "ANNA", MANAGER)


def test_roles_that_do_not_go_together(directory: Directory) -> None:
    """An administrator with a role in cases, and a user without any."""
    with pytest.raises(Refused, match="no other role"):
        Grant.of([Role.SECURITY_ADMIN, Role.MANAGER])
    with pytest.raises(BadInput, match="at least one role"):
        Grant.of([])
    assert users(directory) == []


def test_nobody_gives_roles_to_themselves(directory: Directory, recorded: Recorded) -> None:
    """Not even who gives them to others."""
    admin, _once = add_user(directory, "admin", Grant.of([Role.SECURITY_ADMIN]))
    add_user(directory, "anna", MANAGER)
    with pytest.raises(Refused, match="themselves"):
        change_grant(directory, "admin", MANAGER, by=admin.id)
    change_grant(directory, "anna", REVIEWER, by=admin.id)
    assert {user.name: user.grant for user in users(directory)} == {
        "admin": Grant.of([Role.SECURITY_ADMIN]),
        "anna": REVIEWER,
    }
    assert (recorded.last["what"], recorded.last["by"]) == ("roles_changed", admin.id)


def test_a_user_is_disabled_and_let_in_again(directory: Directory, recorded: Recorded) -> None:
    """A reset makes a new one-time password."""
    _user, once = add_user(directory, "anna", MANAGER)
    disable(directory, "anna")
    assert users(directory)[0].disabled
    again = reset(directory, "Anna")
    (user,) = users(directory)
    assert not user.disabled
    assert is_right(user.password, again)
    assert not is_right(user.password, once)
    said = [one["what"] for one in recorded]
    assert said == ["user_added", "user_disabled", "user_enabled", "password_reset"]


def test_a_user_whom_nobody_knows(directory: Directory) -> None:
    """The near name is told: this is the administrator's own list."""
    add_user(directory, "anna", MANAGER)
    with pytest.raises(BadInput, match="Did you mean `anna`"):
        disable(directory, "ana")


@pytest.mark.parametrize("new", ["short", "x" * 201, "aaaaaaaaaaaaaaaa", "my anna-maria 1"])
def test_a_password_that_is_too_weak(directory: Directory, new: str) -> None:
    """Too short, too long, of few letters, or the name."""
    user, once = add_user(directory, "anna-maria", MANAGER)
    with pytest.raises(BadInput):
        change_password(directory, user, once, new)


def test_a_password_is_chosen(directory: Directory) -> None:
    """With the old one, which then is none any more."""
    user, once = add_user(directory, "anna", MANAGER)
    assert not change_password(directory, user, "wrong", NEW)
    with pytest.raises(BadInput, match="the one that you had"):
        change_password(directory, user, once, once)
    assert change_password(directory, user, once, NEW)
    (user,) = users(directory)
    assert user.once_until is None
    assert is_right(user.password, NEW)
    assert not is_right(user.password, once)


def test_what_cannot_be_recorded_does_not_happen(directory: Directory) -> None:
    """No user without a record."""

    def full(_entry: object) -> None:
        raise OSError("the disk is full")

    broken = Directory(directory.engine, full, directory.now)
    with pytest.raises(OSError, match="full"):
        add_user(broken, "anna", MANAGER)
    assert users(directory) == []


@pytest.mark.parametrize("migrations", [OF_LEDGER, MIGRATIONS], ids=["ledger", "access"])
def test_the_newest_migration_is_the_last_file(migrations: Migrations) -> None:
    """Or tables that are older would be taken for up to date."""
    files = (migrations.folder / "versions").glob("[0-9]*.py")
    assert migrations.newest == max(path.name.partition("_")[0] for path in files)
