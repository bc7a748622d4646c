"""What was recorded is in the next answer of every worker; a request that runs sees one office."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from features.online.sums import is_prepared, prepare
from ledger.ledger import Entry
from ledger.records import Kind, Record
from ledger.store.faults import Unusable
from serving.memory.checking import coming
from serving.memory.current import Current, NoLedger
from serving.memory.facts import facts_entry, key_hash
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake.staff import given_away, staff
from serving.use_cases.scores import scores_of_ids
from tests.factories.fakes import InMemory, context

NOON = datetime(2026, 1, 20, 12)
OURS = {"office": "Test office"}
LATER = datetime(2026, 6, 30)


EVENT = {"case_id": "b", "at": NOON, "activity": "returned"}


def risk(of: ServiceContext) -> float:
    """The risk of case b."""
    return float(scores_of_ids(of, ["b"]).scored["risk"].item())


def happened(current: Current, key: str = "k", **changes: object) -> int:
    """A return of case b is recorded; its number."""
    return current.record(coming(current.context, "events", key, [EVENT | changes]).entry)


def test_an_event_is_in_the_next_answer_of_every_worker() -> None:
    """And not in that of a request which had begun."""
    ledger = InMemory()
    one, other = Current(context(), ledger), Current(context(), ledger)
    prepare(one.known.tables)
    begun, before = one.context, risk(one.context)
    happened(one)
    assert risk(one.context) == risk(other.context) == pytest.approx(before + 0.1)
    assert risk(begun) == pytest.approx(before)
    assert is_prepared(one.context.tables)


def test_after_a_restart_it_is_there_again() -> None:
    """With whatever came in before, once."""
    ledger = InMemory()
    running = Current(context(), ledger)
    for hour in range(3):
        happened(running, key=str(hour), at=NOON.replace(hour=hour))
    assert risk(Current(context(), ledger).context) == risk(running.context)


def test_what_was_erased_is_gone_at_once() -> None:
    """Also from a worker that had taken it in."""
    ledger = InMemory()
    running, before = Current(context(), ledger), risk(context())
    number = happened(running)
    assert risk(running.context) > before
    ledger.erase(number, "0")
    assert risk(running.context) == risk(Current(context(), ledger).context) == before


def test_a_case_that_was_given_weighs_on_its_handler() -> None:
    """From the next intake on, until the tables have it; what was computed of tables is kept."""
    ledger = InMemory()
    running = Current(context(), ledger)
    before = staff(running.context, LATER).filter(handler="h3")
    kept = running.context.newest
    ledger.append(Entry(Kind.INTAKE, OURS, {"0": json.dumps(["n", "h3", 2.5])}))
    ledger.append(Entry(Kind.INTAKE, OURS, {"0": json.dumps(["n", "h4", 1.0])}))  # h3 was first
    now = staff(running.context, LATER, given_away(running.context)).filter(handler="h3")
    assert now["load"].item() == before["load"].item() + 2.5
    assert now["open_cases"].item() == before["open_cases"].item() + 1
    assert vars(running.context)["newest"] == kept


def test_a_case_goes_to_the_handler_a_person_decided_for() -> None:
    """An override of the handler moves the work."""
    ledger = InMemory()
    running = Current(context(), ledger)
    ledger.append(Entry(Kind.INTAKE, OURS, {"0": json.dumps(["e", "h3", 2.5])}))
    override = {"case_id": "e", "at": NOON, "about": "handler", "suggested": "h3"}
    override |= {"decided": "h5", "reason": "knows the matter"}
    running.record(coming(running.context, "overrides", "k", [override]).entry)
    assert running.context.remembered.given["handler"].to_list() == ["h3"]  # what was suggested
    assert given_away(running.context)["handler"].to_list() == ["h5"]


def test_of_two_requests_with_one_key_the_first_counts() -> None:
    """Two workers can take in the same request at the same time."""
    ledger = InMemory()
    one, other = Current(context(), ledger), Current(context(), ledger)
    entries = [coming(each.context, "events", "k", [EVENT]).entry for each in (one, other)]
    numbers = [one.record(entry) for entry in entries]
    (receipt,) = other.context.remembered.receipts.values()
    assert receipt.record == numbers[0]
    assert risk(one.context) == pytest.approx(risk(context()) + 0.1)


def test_of_two_reviews_that_contradict_each_other_the_first_counts() -> None:
    """Two workers take them in at the same time; the second one is told that it did not count."""
    ledger = InMemory()
    one, other = Current(context(), ledger), Current(context(), ledger)
    review = {"case_id": "a", "reviewed_at": LATER, "grade": "bad", "reviewer": "r1"}
    sent = [[review], [review | {"grade": "good"}]]
    entries = [
        coming(each.context, "reviews", rows[0]["grade"], rows).entry
        for each, rows in zip((one, other), sent, strict=True)
    ]
    for worker, entry in zip((one, other), entries, strict=True):
        worker.record(entry)
    for worker in (one, Current(context(), ledger)):  # also after a restart
        receipts = worker.context.remembered.receipts
        assert [receipts[key_hash(key)].has_counted for key in ("bad", "good")] == [True, False]


def of_case(worker: Current, key: str, handler: str) -> Entry:
    """A change of case e, as a worker takes it in."""
    return coming(worker.context, "cases", key, [{"case_id": "e", "handler": handler}]).entry


def test_of_two_changes_of_a_case_the_first_counts() -> None:
    """And one that comes after it and knows of it changes nothing of that."""
    ledger = InMemory()
    one, other = Current(context(), ledger), Current(context(), ledger)
    entries = [of_case(one, "first", "h1"), of_case(other, "second", "h3")]
    for entry in entries:
        ledger.append(entry)
    ledger.append(of_case(Current(context(), ledger), "later", "h4"))
    receipts = one.context.remembered.receipts
    said = [receipts[key_hash(key)].has_counted for key in ("first", "second", "later")]
    assert said == [True, False, True]
    assert one.context.tables.of_cases("cases", ["e"])["handler"].to_list() == ["h4"]


def test_what_newer_tables_contradict_has_counted() -> None:
    """A review that the office has corrected in its own table since."""
    ledger = InMemory()
    review = {"case_id": "c", "reviewed_at": datetime(2026, 2, 20), "reviewer": "r1"}
    review |= {"kind": "random", "grade": "bad"}
    ledger.append(facts_entry(context().office, "reviews", "k", [review], 0, 1))
    (receipt,) = Current(context(), ledger).context.remembered.receipts.values()
    assert receipt.has_counted


class Broken(InMemory):
    """A ledger whose disk is full."""

    def append(self, *_entries: Entry) -> list[Record]:
        """Fail."""
        raise Unusable("the disk is full", "Make room.")


def test_a_ledger_that_cannot_be_written_is_told_plainly() -> None:
    """With nothing of what the database says."""
    with pytest.raises(NoLedger, match="nothing is decided without a record"):
        Current(context(), Broken()).record(Entry(Kind.PLAN, {}))


ALTERED = ("not json", "[" * 100_000, '["a"]', "{}", "1", '{"row": {}}', '{"row": ["a"]}')
ROWS = (
    {"case_id": "b", "at": "yesterday"},
    {"case_id": "b", "at": "2026-01-20T12:00:00+08:00"},
    {"case_id": 7},
    {"case_id": None},
    {"case_id": "\ud800"},
)


@pytest.mark.parametrize("table", ["events", "cases", None])
@pytest.mark.parametrize("name", ["0", "x"])
@pytest.mark.parametrize("text", [*ALTERED, *(json.dumps({"row": row}) for row in ROWS)])
def test_an_altered_text_is_told_plainly(table: str | None, name: str, text: str) -> None:
    """Of facts and of what was given: whatever somebody put beside the record."""
    ledger = InMemory()
    content = OURS | {"table": table, "key": "k", "rows": 1, "known": 0}
    ledger.append(Entry(Kind.FACTS if table else Kind.INTAKE, content, {name: text}))
    with pytest.raises(NoLedger):
        _ = Current(context(), ledger).context


@pytest.mark.parametrize("number", ["1" * 400, "NaN", "1e999", '"1"', "true"])
def test_an_altered_effort_is_told_plainly(number: str) -> None:
    """No number that a handler could be given."""
    ledger = InMemory()
    ledger.append(Entry(Kind.INTAKE, OURS, {"0": f'["n", "h3", {number}]'}))
    with pytest.raises(NoLedger):
        _ = Current(context(), ledger).context


def test_what_is_of_another_office_is_not_taken_in() -> None:
    """Offices in one folder share a ledger."""
    ledger = InMemory()
    running = Current(context(), ledger)
    entry = coming(running.context, "events", "k", [EVENT]).entry
    ledger.append(replace(entry, content={**entry.content, "office": "Another"}))
    ledger.append(Entry(Kind.INTAKE, {"office": "Another"}, {"0": json.dumps(["n", "h3", 1.0])}))
    assert risk(running.context) == risk(context())
    assert running.context.remembered.given.is_empty()
