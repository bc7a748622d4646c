"""Facts that come in one by one are as good as the same rows in the office's files."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import polars as pl
from hypothesis import given, settings

from cases.errors import BadInput
from cases.tables.tables import Tables
from serving.memory.checking import coming
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext
from serving.use_cases.scores import scores_of_ids
from tests.factories.fakes import FakeModel, InMemory
from tests.factories.files import FILES, load, write

Fact = tuple[str, Mapping[str, Any]]  # table and row
START = datetime(2024, 3, 1)
NEW = ("n1", "n2", "n3")
IDS = ("a", *NEW)
MORE = ["reviewer", "hours", "reading", "risk_shown"]


def at(hours: int) -> datetime:
    """So many hours after the start; never midnight, which would be a day."""
    return START + timedelta(hours=hours, minutes=7)


new_cases = st.fixed_dictionaries(
    {"opened_at": st.integers(0, 99).map(at)},
    optional={"suspects": st.integers(0, 9).map(float), "kind": st.sampled_from(["x", "y"])},
)
events = st.fixed_dictionaries(
    {"case_id": st.sampled_from(IDS), "activity": st.just("accepted")},
    optional={"recorded_at": st.integers(3_000, 4_000).map(at), "actor": st.just("p1")},
)
reviews = st.fixed_dictionaries(
    {"case_id": st.sampled_from(IDS), "grade": st.sampled_from(["good", "bad"])},
    optional={
        "reviewer": st.sampled_from(["r1", "r2"]),
        "hours": st.integers(1, 9).map(float),
        "risk_shown": st.booleans(),
    },
)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """New cases, all of them closed, with events and reviews of different instants and days."""
    found: list[Fact] = []
    for name in NEW:
        case = draw(new_cases)
        found.append(("cases", {"case_id": name, "closed_at": at(500), **case}))
    for hour, event in enumerate(draw(st.lists(events, max_size=5))):
        found.append(("events", {"at": at(1_000 + hour), **event}))
    for day, review in enumerate(draw(st.lists(reviews, max_size=4))):
        found.append(("reviews", {"reviewed_at": at(2_000 + 24 * day), **review}))
    if draw(st.booleans()):
        found += read_twice(draw(st.sampled_from(IDS)))
    return found


def read_twice(case_id: str) -> Iterator[Fact]:
    """Two readings of a case, and the grade that both lead to, on one day."""
    for hour, (reading, reviewer) in enumerate(
        [("first", "r3"), ("second", "r4"), ("consolidated", "r3")]
    ):
        row = {"case_id": case_id, "grade": "bad", "reading": reading, "reviewer": reviewer}
        yield "reviews", {"reviewed_at": at(2_500 + hour), **row}


def in_files(folder: Path, found: list[Fact]) -> Tables:
    """The office whose files have these rows after their own."""
    files = {}
    for table, more in (("cases", []), ("events", ["actor"]), ("reviews", MORE)):
        rows = csv.DictReader(FILES[f"{table}.csv"].splitlines())
        written = io.StringIO()
        writer = csv.DictWriter(written, [*(rows.fieldnames or ()), *more])
        writer.writeheader()
        writer.writerows([*rows, *(row for name, row in found if name == table)])
        files[f"{table}.csv"] = written.getvalue()
    return load(write(folder, **files))


def come_in(read: Tables, found: list[Fact], restart: int) -> Tables:
    """The office after these requests, to two workers in turn, one of which is started anew."""
    ledger, context = InMemory(), ServiceContext(read, FakeModel())
    workers = [Current(context, ledger), Current(context, ledger)]
    waiting = [*enumerate(found)]
    for turn in range(100):
        if not waiting:
            break
        if turn == restart:
            workers[0] = Current(context, ledger)
        number, (table, row) = waiting.pop(0)
        worker = workers[turn % 2]
        try:
            entry = coming(worker.context, table, str(number), [row]).entry
        except BadInput:  # its case comes later
            waiting.append((number, (table, row)))
        else:
            worker.record(entry)
    assert not waiting
    one, other = (worker.context for worker in workers)
    assert risks(one) == risks(other)
    return one.tables


def risks(context: ServiceContext) -> list[float]:
    """Of all closed cases."""
    return scores_of_ids(context, IDS).scored.sort("case_id")["risk"].to_list()


def compared(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows in an order of their own; events of different instants need no numbers."""
    found = frame.drop("sequence", strict=False)
    return found.sort(found.columns)


orders = facts().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found)))


@settings(max_examples=12)
@given(orders, st.integers(0, 12))
def test_any_order_of_requests_is_as_good_as_files(sent, restart):
    """Cases, events and reviews; two workers, one of which is started anew in between."""
    found, in_any_order = sent
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as empty:
        expected = in_files(Path(folder), found)
        tables = come_in(in_files(Path(empty), []), in_any_order, restart)
    for name in ("cases", "events", "reviews"):
        assert compared(tables.rows(name)).equals(compared(expected.rows(name)))
    one, other = (ServiceContext(each, FakeModel()) for each in (tables, expected))
    assert risks(one) == risks(other)
