"""What came in earlier is laid over tables that may say another thing by now."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.tables.arrivals import fitting
from cases.tables.arrivals.changes import Change
from cases.tables.arrivals.fitting import fitted
from cases.tables.arrivals.once import Row, Standing, standings
from cases.tables.arrivals.records import Arrived, Records, arrived
from cases.tables.tables import Tables
from tests.factories.office import tables

CASES = """
case_id | opened_at  | closed_at        | kind | unit | handler | suspects
done    | 2024-01-01 | 2024-02-01T10:00 | x    | U1   | h1      | 2
open    | 2024-01-02 | -                | x    | U1   | {handler} | 3
"""
EVENTS = """
case_id | at               | activity | actor
open    | 2024-01-02T09:00 | accepted | -
"""
REVIEWS = """
case_id | reviewed_at      | reviewer | kind | grade
done    | 2024-02-03T23:59 | r1       | -    | good
"""
NOON = datetime(2024, 3, 1, 12)


def office(handler: str = "h1") -> Tables:
    """A case that is closed and reviewed, and one that is open."""
    return tables(CASES.format(handler=handler), events=EVENTS, reviews=REVIEWS)


def handler_of(found: Tables) -> str:
    """Who handles the open case."""
    return str(found.of_cases("cases", ["open"])["handler"].item())


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("h1", "h3"),  # the office's table is as it was: both changes hold
        ("h2", "h3"),  # it has the first change by now
        ("h3", "h3"),
        ("h4", "h4"),  # it says another thing, which was entered since then
    ],
)
def test_a_change_holds_until_the_office_says_another_thing(now: str, expected: str) -> None:
    """Also where one change followed another."""
    changes = [
        Change({"case_id": "open", "handler": after}, {"case_id": "open", "handler": before})
        for before, after in (("h1", "h2"), ("h2", "h3"))
    ]
    assert handler_of(fitted(office(now), changes, {}).tables) == expected


def test_a_case_that_the_office_has_by_now_is_the_offices() -> None:
    """What its table leaves blank is filled from what came in."""
    row: Row = {"case_id": "open", "opened_at": NOON, "handler": "h9", "charge": "theft"}
    case = fitted(office(), [Change(row, None)], {}).tables.of_cases("cases", ["open"])
    assert (case["handler"].item(), case["charge"].item()) == ("h1", "theft")
    assert case["opened_at"].item() == datetime(2024, 1, 2)


def test_a_case_that_the_office_does_not_have_comes_in() -> None:
    """With events that came in about it."""
    event: Row = {"case_id": "new", "at": NOON, "activity": "accepted"}
    change = Change({"case_id": "new", "opened_at": NOON}, None)
    found = fitted(office(), [change], {"events": [event]})
    assert (found.tables.known(["new"]), found.left_out) == (["new"], 0)
    assert found.tables.of_cases("events", ["new"]).height == 1


REVIEW: Row = {"case_id": "done", "reviewed_at": datetime(2024, 2, 3), "reviewer": "r1"}
EVENT: Row = {"case_id": "open", "at": datetime(2024, 1, 2, 9), "activity": "accepted"}


@pytest.mark.parametrize(
    ("name", "row", "standing"),
    [
        ("reviews", REVIEW | {"grade": "good"}, Standing.THERE),
        ("reviews", REVIEW | {"grade": "bad"}, Standing.CONTRADICTED),
        ("reviews", REVIEW | {"grade": "good", "reviewer": "r2"}, Standing.NEW),
        ("reviews", REVIEW | {"grade": "good", "reviewed_at": NOON}, Standing.NEW),
        ("events", EVENT, Standing.THERE),
        ("events", EVENT | {"actor": "p1"}, Standing.NEW),
        ("events", EVENT | {"activity": "decided"}, Standing.NEW),
    ],
)
def test_one_fact_is_one_row(name: str, row: Row, standing: Standing) -> None:
    """Known by case, day or instant, and who; and a row is there once it has come in."""
    assert [*standings(office(), name, [row])] == [standing]
    found = fitted(office(), [], {name: [row, row]}).tables
    assert found.of_cases(name, [str(row["case_id"])]).height == 1 + (standing is Standing.NEW)


def test_what_does_not_fit_any_more_is_left_out() -> None:
    """And counted, with what needs it; all else comes in."""
    rows: dict[str, list[Row]] = {
        "events": [
            {"case_id": "gone", "at": NOON, "activity": "accepted"},
            {"case_id": "open", "at": NOON, "activity": "returned"},
        ],
        "reviews": [{"case_id": "open", "reviewed_at": NOON, "grade": "bad"}],
        "overrides": [
            {
                "case_id": "done",
                "at": NOON,
                "about": "track",
                "suggested": "simple",
                "decided": "complex",
                "reason": "two victims",
            }
        ],
    }
    lost = Change({"case_id": "lost", "handler": "h1"}, {"case_id": "lost", "handler": "h2"})
    found = fitted(office(), [lost], rows)
    assert found.left_out == 3
    assert found.tables.of_cases("events", ["open"])["activity"].to_list() == [
        "accepted",
        "returned",
    ]
    assert found.tables.override_rows["reason"].to_list() == ["two victims"]
    assert found.tables.of_cases("overrides", ["done"]).height == 1


def test_overrides_stay_however_much_comes_in_after_them() -> None:
    """They are in no layer, so no merging of layers may lose them."""
    override: Row = {"case_id": "done", "at": NOON, "about": "handler", "suggested": "h1"}
    found = fitted(office(), [], {"overrides": [override | {"decided": "h2", "reason": "r"}]})
    now = found.tables
    for hour in range(12):
        event: Row = {"case_id": "open", "at": NOON.replace(hour=hour), "activity": "returned"}
        now = fitted(now, [], {"events": [event]}).tables
    assert now.override_rows.height == 1
    assert now.event_rows.height == 13


def test_rows_that_were_checked_are_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """If they are the next to come in, and into the same tables."""
    done: list[str] = []

    def counted(on: Tables, rows: Records) -> Arrived:
        done.append("checked")
        return arrived(on, rows)

    monkeypatch.setattr(fitting, "arrived", counted)
    event: Row = {"activity": "returned", "at": NOON, "case_id": "open"}
    now = office()
    found = fitting.checked(now, {"events": fitting.frame_of(now.office, "events", [event])})
    as_kept: Row = dict(sorted(event.items(), reverse=True))
    assert fitted(now, [], {"events": [as_kept]}).tables is found.tables
    assert done == ["checked"]
    assert fitted(now, [], {"events": [event | {"actor": "p2"}]}).left_out == 0
    assert len(done) == 2
