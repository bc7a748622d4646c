"""Rows that come in: what a file refuses is refused, all else is laid over the tables."""

from __future__ import annotations

from datetime import datetime
from unittest.mock import patch

import polars as pl
import pytest

from cases.tables import tables as layers
from cases.tables.arrivals.records import Arrived, arrived
from cases.tables.tables import Tables
from tests.factories.office import tables

CASES = """
case_id | opened_at  | closed_at  | kind | unit | handler | suspects
done    | 2024-01-01 | 2024-02-01 | x    | U1   | h1      | 2
open    | 2024-01-02 | -          | x    | U1   | h1      | 3
"""
EVENTS = """
case_id | at         | recorded_at | activity | sequence
done    | 2024-01-01 | 2024-01-01  | accepted | 0
open    | 2024-01-02 | 2024-01-02  | accepted | 1
"""
REVIEWS = """
case_id | reviewed_at | reviewer | kind   | grade
done    | 2024-02-03  | r1       | random | good
"""
NOON = datetime(2024, 3, 1, 12)


def office() -> Tables:
    """A case that is closed and reviewed, and one that is open."""
    return tables(CASES, events=EVENTS, reviews=REVIEWS)


def coming(**rows: dict[str, object] | list[dict[str, object]]) -> Arrived:
    """What becomes of the office with these rows."""
    lists = {name: given if isinstance(given, list) else [given] for name, given in rows.items()}
    return arrived(office(), {name: pl.DataFrame(given) for name, given in lists.items()})


def faults(**rows: dict[str, object] | list[dict[str, object]]) -> list[str]:
    """What is wrong with these rows: field and problem."""
    return [f"{fault.column} {fault.problem}" for fault in coming(**rows).faults]


def test_a_closing_changes_only_what_it_gives() -> None:
    """A day without a time is over when the case is closed, as in a file."""
    now = coming(cases={"case_id": "open", "closed_at": datetime(2024, 3, 1)}).tables
    case = now.of_cases("cases", ["open"]).row(0, named=True)
    assert case["closed_at"] == datetime(2024, 3, 1, 23, 59, 59, 999999)
    assert (case["kind"], case["handler"], case["suspects"]) == ("x", "h1", 3)
    assert now.of_cases("events", ["open"])["sequence"].to_list() == [1]


def test_a_new_case_comes_with_its_events() -> None:
    """Events are numbered after those that are there, and known when they happen unless said."""
    case = {"case_id": "new", "opened_at": NOON, "suspects": 1}
    event = {"case_id": "new", "at": NOON, "activity": "accepted"}
    now = coming(cases=case, events=[event, event | {"activity": "decided"}]).tables
    assert now.case_rows["case_id"].sort().to_list() == ["done", "new", "open"]
    found = now.of_cases("events", ["new"])
    assert found["sequence"].to_list() == [2, 3]
    assert found["recorded_at"].to_list() == [NOON, NOON]
    assert now.known(["new", "nobody"]) == ["new"]


def test_a_review_stands_beside_those_that_are_there() -> None:
    """The case keeps its first review, and the tables that were read stay as they were."""
    before = office()
    review = {"case_id": "done", "reviewed_at": NOON, "reviewer": "r2", "grade": "bad"}
    now = arrived(before, {"reviews": pl.DataFrame([review | {"kind": "random"}])}).tables
    assert sorted(now.rows("reviews")["grade"]) == ["bad", "good"]
    assert now.of_cases("reviews", ["done"]).height == 2
    assert before.rows("reviews").height == 1


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            {"events": {"case_id": "nobody", "at": NOON, "activity": "accepted"}},
            "events[0].case_id is not a case of the case table.",
        ),
        (
            {"events": {"case_id": "open", "at": NOON, "activity": "lost"}},
            "events[0].activity is not an activity of the office file.",
        ),
        ({"events": {"case_id": "open", "at": NOON}}, "events[0].activity is blank."),
        (
            {"events": {"case_id": "open", "at": "2024-02-30", "activity": "accepted"}},
            "events[0].at is a date or time that does not exist.",
        ),
        (
            {"events": {"case_id": "open", "at": datetime(2099, 1, 1), "activity": "accepted"}},
            "events[0].at lies in the future.",
        ),
        (
            {"cases": {"case_id": "open", "closed_at": datetime(2023, 1, 1)}},
            "cases[0].closed_at is before the case was opened.",
        ),
        ({"cases": {"case_id": "new"}}, "cases[0].opened_at is blank."),
        (
            {"cases": [{"case_id": "open", "handler": "h2"}] * 2},
            "cases[0].case_id is the id of more than one row.",
        ),
        (
            {"reviews": {"case_id": "open", "reviewed_at": NOON, "grade": "bad"}},
            "reviews[0].case_id is a case that is still open; only closed cases are reviewed.",
        ),
        (
            {
                "reviews": {
                    "case_id": "done",
                    "reviewed_at": datetime(2024, 2, 3),
                    "reviewer": "r1",
                    "kind": "random",
                    "grade": "good",
                }
            },
            "reviews[0] is a review that stands more than once.",
        ),
        (
            {"cases": {"case_id": "done", "closed_at": datetime(2024, 2, 20)}},
            "reviews.reviewed_at is before the case was closed.",
        ),
        (
            {"cases": {"case_id": "open", "sospects": 2}},
            "cases.sospects names a column that the cases table of an office does not have.",
        ),
        ({"events": {"at": NOON, "activity": "accepted"}}, "events[0].case_id is blank."),
    ],
)
def test_what_a_file_refuses_is_refused(rows: dict[str, dict[str, object]], fault: str) -> None:
    """With the field it is in; a row that is there already is named by its case."""
    assert fault in faults(**rows)


def test_several_faults_are_all_named() -> None:
    """And nothing comes in."""
    event = {"case_id": "open", "at": NOON, "activity": "lost"}
    found = coming(events=[event, event | {"case_id": "nobody"}])
    assert [fault.column for fault in found.faults] == [
        "events[0].activity",
        "events[1].activity",
        "events[1].case_id",
    ]
    assert found.tables.event_rows.height == 2


def test_a_case_is_found_however_its_name_is_written() -> None:
    """Blanks around it and full-width letters are no other name, in a file or here."""
    closing = {"case_id": " \uff4fpen ", "closed_at": NOON}
    now = coming(cases=closing, events={"case_id": "open ", "at": NOON, "activity": "decided"})
    assert now.faults == []
    assert now.tables.case_rows["case_id"].sort().to_list() == ["done", "open"]
    assert now.tables.of_cases("cases", ["open"])["closed_at"].item() == NOON
    assert now.tables.of_cases("events", ["open"]).height == 2


def test_nothing_comes_into_other_tables() -> None:
    """They are what the office's files say."""
    with pytest.raises(TypeError, match="handlers"):
        coming(handlers={"handler": "h9"})


def test_layers_are_few_however_much_comes_in() -> None:
    """Small layers are made into larger ones, and at last into the tables themselves."""
    now, depths = office(), []
    with patch.object(layers, "LAYER", 1.1):
        for number in range(40):
            case = pl.DataFrame([{"case_id": f"n{number}", "opened_at": NOON}])
            now = arrived(now, {"cases": case}).tables
            depths.append(_depth(now))
    assert max(depths) > 2
    assert max(depths) < 10
    assert now.case_rows.height == 42
    assert now.of_cases("cases", ["n0", "n39", "done"]).height == 3


def _depth(now: Tables) -> int:
    return 1 if now.parts is None else 1 + _depth(now.parts.base)
