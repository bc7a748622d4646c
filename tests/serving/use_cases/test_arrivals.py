"""What comes in is in the next answer; a request that runs sees one office."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from cases.errors import BadInput
from features.online.sums import is_prepared, prepare
from serving.use_cases.arrivals import Current, with_arrivals
from serving.use_cases.scores import scores_of_ids
from serving.use_cases.staff import staff
from tests.factories.fakes import context

NOON = datetime(2026, 1, 20, 12)


def event(case_id: str, **changes: object) -> pl.DataFrame:
    """A return of a case."""
    return pl.DataFrame([{"case_id": case_id, "at": NOON, "activity": "returned"} | changes])


def risk(of: Current) -> float:
    """The risk of case b."""
    return float(scores_of_ids(of.context, ["b"]).scored["risk"].item())


def test_an_event_is_in_the_next_answer() -> None:
    """And not in that of a request which had begun."""
    current = Current(context())
    prepare(current.context.tables)
    begun, before = current.context, risk(current)
    current.take_in({"events": event("b")})
    assert risk(current) == pytest.approx(before + 0.1)
    assert scores_of_ids(begun, ["b"]).scored["risk"].item() == pytest.approx(before)
    assert is_prepared(current.context.tables)


def test_what_is_at_fault_changes_nothing() -> None:
    """The field of each fault is named."""
    current = Current(context())
    before = current.context
    with pytest.raises(BadInput, match=r"events\[0\].activity"):
        current.take_in({"events": event("b", activity="lost")})
    assert current.context is before


def test_a_closing_takes_its_work_off_the_handler() -> None:
    """Loads that were computed before are not kept."""
    before = context()
    open_cases = before.tables.case_rows.filter(pl.col("closed_at").is_null())
    closing = open_cases.head(1).select("case_id", closed_at=pl.lit(NOON))
    handler = open_cases["handler"][0]
    now = with_arrivals(before, {"cases": closing})
    after = datetime(2026, 6, 30)
    loads = [
        staff(one, after).filter(handler=handler)["open_cases"].item() for one in (before, now)
    ]
    assert loads[1] == loads[0] - 1
