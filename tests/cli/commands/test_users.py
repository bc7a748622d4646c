"""`triage users`: who may enter an office."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from ledger.ledger import Ledger
from ledger.records import Kind
from serving.access import passwords
from tests.factories.command import triage
from tests.factories.files import write


@pytest.fixture
def nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office file of an office that nobody has entered."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    return write(tmp_path) / "office.toml"


def said(*words: object) -> str:
    """What a command that succeeds says."""
    result = triage("users", *words)
    assert result.exit_code == 0, result.output
    return result.output


def test_people_and_programs(nobodys: Path) -> None:
    """Let in, listed, given other roles, let in no more; all of it in the ledger, without names."""
    once = said(nobodys, "add", "Anna", "--role", "handler", "--role", "reviewer", "--unit", "u1")
    assert re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", once)
    assert "plumb_" in said(nobodys, "key", "loader", "--role", "clerk", "--days", 30)
    said(nobodys, "roles", "anna", "--role", "manager")
    assert said(nobodys, "reset", "anna") != once
    said(nobodys, "disable", "anna")
    listed = said(nobodys)
    assert "manager" in listed
    assert "disabled" in listed
    assert "loader" in listed
    said(nobodys, "revoke", "loader")
    assert "loader" not in said(nobodys, "list")
    with Ledger.at(nobodys.parent / ".triage") as ledger:
        records = [record.content for record in ledger.records(Kind.ACCESS)]
    assert [record["what"] for record in records] == [
        *("user_added", "key_made", "roles_changed", "password_reset", "user_disabled"),
        "key_revoked",
    ]
    assert "anna" not in str(records).lower()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("dance",), 2, "is not a choice here. Give one of these: list, add"),
        (("add",), 2, "the roles: are missing."),
        (("add", "anna"), 2, "Name at least one role."),
        (("add", "anna", "--role", "king"), 2, "clerk, handler, reviewer"),
        (("add", "--role", "clerk"), 2, "is missing. Write whom this is about."),
        (("add", "a", "--role", "auditor", "--role", "clerk"), 3, "has no other role"),
        (("disable", "anna"), 2, "is no user."),
        (("key", "x", "--role", "clerk", "--days", "0"), 2, "Give 1 to 730 days."),
        (("key", "x", "--role", "clerk", "--days", "x"), 2, "is not a whole number."),
    ],
)
def test_mistakes(nobodys: Path, words: tuple[str, ...], code: int, sentence: str) -> None:
    """Each has its sentence and what to do."""
    result = triage("users", nobodys, *words)
    assert result.exit_code == code
    assert sentence in " ".join(result.output.split())
