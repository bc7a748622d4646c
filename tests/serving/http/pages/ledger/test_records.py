"""The ledger as pages: what was recorded, one record, and whether all of it holds."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.ledger import Entry
from ledger.records import Kind
from serving.access.caller import Caller
from serving.access.rules import Role
from tests.factories.client import ask
from tests.factories.fakes import InMemory, context

AUDITOR = Caller("u-9", frozenset([Role.AUDITOR]))


@pytest.fixture
def ledger() -> InMemory:
    """A ledger of 61 records; beside the last stands a text that is not ours."""
    made = InMemory()
    for number in range(59):
        made.append(Entry(Kind.ACCESS, {"what": "signed_in", "about": f"u-{number}", "by": None}))
    made.append(Entry(Kind.ROLLBACK, {"version": "3"}, {"reason": "<script>alert(1)</script>"}))
    return made


def page(path: str, ledger: InMemory, method: str = "GET", **sent: Any) -> Any:
    """What the auditor sees."""
    return ask(method, path, context(), AUDITOR, ledger, **sent)


def test_the_newest_is_first(ledger: InMemory) -> None:
    """Fifty on a page, each with a link to all that it says."""
    shown = page("/ledger", ledger).text
    assert shown.index("/ledger/record?number=61") < shown.index("/ledger/record?number=60")
    assert "number=12" in shown
    assert "number=11" not in shown
    assert "1 to 50 of 61" in shown
    second = page("/ledger?page=2", ledger).text
    assert "number=11" in second
    assert "number=12" not in second
    assert page("/ledger?page=99", ledger).text == page("/ledger?page=2", ledger).text.replace(
        "%3Fpage%3D2", "%3Fpage%3D99"
    )


def test_one_kind_alone(ledger: InMemory) -> None:
    """What is asked for stays chosen; an unknown kind asks for all."""
    shown = page("/ledger?kind=rollback", ledger).text
    assert "version 3 is the champion again" in shown
    assert "signed in" not in shown
    assert '<option value="rollback" selected>' in shown
    assert "signed in" in page("/ledger?kind=nonsense", ledger).text


def test_a_record_shows_all_of_it(ledger: InMemory) -> None:
    """Also its hash and the very line that is hashed; texts of people are never markup."""
    shown = page("/ledger/record?number=61", ledger).text
    record = ledger.lines[60]
    assert record.hash in shown
    assert record.previous in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    ledger.erase(61, "reason")
    again = page("/ledger/record?number=61", ledger).text
    assert "alert" not in again


@pytest.mark.parametrize("number", ["", "0", "62", "-1", "x", "9" * 40, "1.0", "١"])
def test_there_is_no_such_record(number: str, ledger: InMemory) -> None:
    """Said in the same words whatever was asked."""
    assert page(f"/ledger/record?number={number}", ledger).status_code == 404


def test_whether_it_holds(ledger: InMemory) -> None:
    """By a form, with the note of somebody outside; one too long is a fault of the field."""
    assert "records hold" not in page("/ledger/verify", ledger).text
    sent = page("/ledger/verify", ledger, "POST", data={"checkpoint": ""})
    assert sent.status_code == 303
    shown = page(sent.headers["location"], ledger).text
    assert "All 61 records hold." in shown
    too_long = page("/ledger/verify", ledger, "POST", data={"checkpoint": "x" * 5_000})
    assert too_long.status_code == 422
    assert '<a href="#checkpoint">' in too_long.text


def test_a_checkpoint_to_keep(ledger: InMemory) -> None:
    """It is a file, and covers all there is."""
    answer = page("/ledger/checkpoint", ledger)
    assert answer.headers["content-disposition"] == 'attachment; filename="checkpoint.txt"'
    assert ledger.covered == 61
