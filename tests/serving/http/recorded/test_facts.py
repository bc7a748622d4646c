"""Facts come in over HTTP: once, checked as the rows of a file are, and there after a restart."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from ledger.records import Kind
from ledger.store.faults import DAMAGED, FULL, Unusable
from ledger.tree import Tree
from serving.access.caller import Caller
from serving.access.rules import Role
from tests.factories.client import EVERYTHING, ask, request
from tests.factories.fakes import InMemory

EVENT = {"case_id": "b", "at": "2026-01-20T12:00", "activity": "returned"}
REVIEW = {"case_id": "a", "reviewed_at": "2026-02-20", "grade": "bad", "reviewer": "r1"}
OVERRIDE = {
    "case_id": "e",
    "at": "2026-01-20T12:00",
    "about": "handler",
    "suggested": "h1",
    "decided": "h2",
    "reason": "knows the matter",
}
NEW = {"case_id": "n", "opened_at": "2026-03-01", "attributes": {"suspects": 4}}
UNTIL = "2026-06-30T23:59:59.999999"
ROWS = {"cases": NEW, "events": EVENT, "reviews": REVIEW, "overrides": OVERRIDE}


def send(ledger: InMemory, table: str, *rows: Any, key: str = "k") -> httpx.Response:
    """Rows of a table, to a service that has just been started."""
    headers = {"Idempotency-Key": key}
    return ask("POST", f"/v1/{table}", ledger=ledger, json={table: rows}, headers=headers)


def risk_of_b(ledger: InMemory) -> float:
    """As a service that has just been started sees it."""
    scores = ask("POST", "/v1/score", ledger=ledger, json={"case_ids": ["b"]})
    return float(scores.json()["scores"][0]["risk"])


@pytest.mark.parametrize("table", ROWS)
def test_rows_are_taken_and_recorded(table: str) -> None:
    """The answer names the record; the record holds no word of the rows."""
    ledger = InMemory()
    answer = send(ledger, table, ROWS[table])
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"record": 2, "rows": 1, "known": 0, "repeated": False}
    (record,) = ledger.since(1)
    assert (record.kind, record.content["table"]) == (Kind.FACTS, table)
    assert str(ROWS[table]["case_id"]) not in record.content.values()
    assert json.loads(ledger.beside(2)["0"])["row"]["case_id"] == ROWS[table]["case_id"]


@pytest.mark.parametrize("table", ROWS)
def test_the_same_request_twice_counts_once(table: str) -> None:
    """With its key it is the same record; with another key every row is known already."""
    ledger = InMemory()
    send(ledger, table, ROWS[table])
    again = send(ledger, table, ROWS[table]).json()
    assert (again["record"], again["repeated"], len(ledger.since(1))) == (2, True, 1)
    anew = send(ledger, table, ROWS[table], key="other").json()
    assert (anew["record"], anew["known"], anew["repeated"]) == (3, 1, False)


def test_a_key_is_of_one_request() -> None:
    """Another request with it is refused, and one without a key is none."""
    ledger = InMemory()
    send(ledger, "events", EVENT)
    other = send(ledger, "events", EVENT | {"activity": "decided"})
    assert (other.status_code, "came with another request" in other.text) == (409, True)
    other = send(ledger, "cases", NEW)
    assert other.status_code == 409
    none = ask("POST", "/v1/events", ledger=ledger, json={"events": [EVENT]})
    assert (none.status_code, none.json()["faults"][0]["field"]) == (400, "Idempotency-Key")
    assert len(ledger.since(1)) == 1


def test_an_event_is_in_the_answers_after_a_restart() -> None:
    """It raises the risk of its case."""
    ledger, before = InMemory(), risk_of_b(InMemory())
    send(ledger, "events", EVENT, EVENT)  # one fact
    assert risk_of_b(ledger) == pytest.approx(before + 0.1)


def test_a_case_changes_in_what_is_given() -> None:
    """What is left out stays, and null empties."""
    ledger = InMemory()
    send(ledger, "cases", {"case_id": "b", "attributes": {"suspects": 2}})
    assert risk_of_b(ledger) == pytest.approx(0.2)
    send(ledger, "cases", {"case_id": "b", "attributes": {"suspects": None}}, key="2")
    assert risk_of_b(ledger) == pytest.approx(0.0)
    send(ledger, "cases", {"case_id": "a", "closed_at": None}, key="3")
    still_open = ask("POST", "/v1/score", ledger=ledger, json={"case_ids": ["a"]})
    assert "has not come up for review yet" in still_open.text


def test_a_reviewed_case_is_not_drawn_again() -> None:
    """Plans know what came back."""
    ledger = InMemory()
    send(ledger, "reviews", REVIEW)
    plan = ask("POST", "/v1/spot_checks", ledger=ledger, json=request(capacity=5)).json()
    assert "a" not in {line["case_id"] for line in plan["lines"]}


@pytest.mark.parametrize(
    ("table", "row", "field"),
    [
        ("events", EVENT | {"case_id": "nobody"}, "events[1].case_id"),
        ("events", EVENT | {"activity": "lost"}, "events[1].activity"),
        ("reviews", REVIEW | {"case_id": "e"}, "reviews[1].case_id"),
        ("reviews", REVIEW | {"grade": "good"}, "reviews[1]"),
        ("reviews", REVIEW | {"reviewer": "h1"}, "reviews[1].reviewer"),
        ("reviews", REVIEW | {"reading": "third"}, "reviews[1].reading"),
        ("reviews", REVIEW | {"reading": "consolidated"}, "reviews[1].reading"),
        ("reviews", REVIEW | {"risk_shown": "perhaps"}, "reviews[1].risk_shown"),
        ("overrides", OVERRIDE | {"about": "weather"}, "overrides[1].about"),
        ("overrides", OVERRIDE | {"decided": "h3"}, "overrides[1]"),
        ("cases", NEW, "cases[0].case_id"),
        ("cases", {"case_id": "m"}, "cases[1].opened_at"),
        ("cases", {"case_id": "m", "handlr": "h1"}, "cases[1].handlr"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(table: str, row: Any, field: str) -> None:
    """A field of the request, though rows before it are known; and nothing is recorded."""
    ledger = InMemory()
    refused = send(ledger, table, ROWS[table], row)
    assert refused.status_code == 422
    assert field in {fault["field"] for fault in refused.json()["faults"]}
    assert ledger.since(1) == []


def test_readings_of_a_case_come_in_together() -> None:
    """A reading and the grade consolidated on its day are two facts, whoever makes both."""
    second = REVIEW | {"reviewer": "r2", "reading": "second", "risk_shown": False}
    agreed = REVIEW | {"reading": "consolidated", "grade": "good"}
    ledger = InMemory()
    answer = send(ledger, "reviews", REVIEW, second, agreed)
    assert answer.json() == {"record": 2, "rows": 3, "known": 0, "repeated": False}
    again = send(ledger, "reviews", REVIEW | {"reading": "first"}, second, agreed, key="again")
    assert again.json()["known"] == 3


@pytest.mark.parametrize("kind", ["review", "self_check", None])
@pytest.mark.parametrize(("role", "status"), [(Role.REVIEWER, 403), (Role.MANAGER, 200)])
def test_a_consolidated_grade_is_a_managers(role: Role, status: int, kind: str | None) -> None:
    """Over HTTP as on the page, whatever kind of review it says it is; and nothing comes in."""
    second = REVIEW | {"reviewer": "r2", "reading": "second"}
    agreed = REVIEW | {"reading": "consolidated", "grade": "good"}
    rows, ledger = [REVIEW, second, agreed], InMemory()
    if kind is not None:
        rows = [row | {"kind": kind} for row in rows]
    headers, key = {"Idempotency-Key": "k"}, Caller("k-1", frozenset([role]))
    answer = ask(
        "POST", "/v1/reviews", caller=key, ledger=ledger, json={"reviews": rows}, headers=headers
    )
    assert answer.status_code == status, answer.text
    assert len(ledger.since(1)) == (status == 200)


def test_a_program_brings_the_reviews_of_several_reviewers() -> None:
    """A key is nobody's own: the record says which key it was."""
    second = REVIEW | {"reviewer": "r2", "reading": "second"}
    ledger, key = InMemory(), Caller("k-1", frozenset([Role.REVIEWER]))
    headers, rows = {"Idempotency-Key": "k"}, {"reviews": [REVIEW, second]}
    answer = ask("POST", "/v1/reviews", caller=key, ledger=ledger, json=rows, headers=headers)
    assert answer.status_code == 200, answer.text
    assert ledger.since(1)[0].content["by"] == "k-1"


def test_nobody_reviews_what_they_handled() -> None:
    """`b` is handled by h2; others may review it, and h2 may review another case."""
    ledger = InMemory()
    own = send(ledger, "reviews", REVIEW, REVIEW | {"case_id": "b", "reviewer": "h2"})
    assert own.status_code == 422
    (fault,) = own.json()["faults"]
    assert fault["field"] == "reviews[1].reviewer"
    assert "nobody reviews such a case" in fault["problem"]
    other = send(ledger, "reviews", REVIEW | {"case_id": "b", "reviewer": "h1"})
    assert other.status_code == 200


def test_a_record_says_who_asked() -> None:
    """By an id that names nobody."""
    ledger = InMemory()
    send(ledger, "events", EVENT)
    assert ledger.since(1)[0].content["by"] == EVERYTHING.id


def test_a_training_is_asked_for_and_not_carried_out() -> None:
    """The record says until when; why stands beside it."""
    ledger = InMemory()
    asked = {"until": "2026-06-30", "reason": "the law has changed"}
    answer = ask("POST", "/v1/trainings", ledger=ledger, json=asked)
    assert (answer.status_code, answer.json()) == (200, {"record": 2, "until": UNTIL})
    (record,) = ledger.since(1)
    assert record.content["until"] == UNTIL
    assert ledger.beside(2) == {"reason": "the law has changed"}


def test_a_plan_is_recorded_before_it_is_sent() -> None:
    """The record has the hash of the answer without its number, and the seed to draw it again."""
    ledger = InMemory()
    answer = ask("POST", "/v1/spot_checks", ledger=ledger, json=request())
    (record,) = ledger.since(1)
    assert answer.text.startswith('{"record":2,')
    without = answer.text.replace('"record":2,', "", 1)
    assert record.content["answer"] == hashlib.sha256(without.encode()).hexdigest()
    assert record.content["plan_id"] == answer.json()["plan_id"]
    assert (record.content["seed"], record.content["position"]) == ("1", 1)
    assert ledger.covered == record.number


def test_a_case_is_given_once() -> None:
    """The next intake counts it, and does not draw it again."""
    ledger = InMemory()
    one = {"cases": [{"case_id": "n", "opened_at": "2026-06-30T09:00"}]}
    first = ask("POST", "/v1/intake", ledger=ledger, json=one).json()
    handler = first["cases"][0]["handler"]
    again = ask("POST", "/v1/intake", ledger=ledger, json=one)
    assert (again.status_code, "given to a handler already" in again.text) == (422, True)
    two = {"cases": [{"case_id": "m", "opened_at": "2026-06-30T10:00"}]}
    then = ask("POST", "/v1/intake", ledger=ledger, json=two).json()
    before, after = (
        {load["handler"]: load for load in answer["loads"]} for answer in (first, then)
    )
    assert after[handler]["before"] == before[handler]["after"]
    assert handler not in ledger.since(1)[0].content.values()


def test_nothing_is_decided_without_a_record() -> None:
    """503, and no word of what would have been answered."""

    class Full(InMemory):
        def append(self, *_entries: Any) -> Any:
            raise Unusable(*FULL)

    for path, body in (
        ("/v1/spot_checks", request()),
        ("/v1/intake", {"cases": [{"case_id": "n", "opened_at": "2026-06-30T09:00"}]}),
    ):
        answer = ask("POST", path, ledger=Full(), json=body)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["faults"] == []


def test_health_names_the_ledger() -> None:
    """How many records there are and their root, as a checkpoint has them; 503 without one."""
    ledger = InMemory()
    send(ledger, "events", EVENT)
    health = ask("GET", "/healthz", ledger=ledger).json()
    root = Tree().grown(record.line for record in ledger.since(0)).root()
    assert (health["ledger_size"], health["ledger_root"]) == (2, root.hex())

    class Gone(InMemory):
        def since(self, number: int) -> Any:  # noqa: ARG002  of the protocol
            raise Unusable(*DAMAGED)

    assert ask("GET", "/healthz", ledger=Gone()).status_code == 503


class Raced(InMemory):
    """Another worker is quicker, once: it records a review of another grade."""

    def append(self, *entries: Any) -> Any:
        """After what the other one appends."""
        if not self.since(1):
            (entry,) = entries
            other = {"0": entry.beside["0"].replace('"bad"', '"good"')}
            super().append(replace(entry, content={**entry.content, "key": "other"}, beside=other))
        return super().append(*entries)


def test_a_request_that_did_not_count_is_refused_again() -> None:
    """As often as it is sent with its key."""
    ledger = Raced()
    for _turn in range(2):
        refused = send(ledger, "reviews", REVIEW)
        assert (refused.status_code, "at the same moment" in refused.text) == (409, True)
    assert len(ledger.since(1)) == 2
