"""When cases are asked about, and why there is none to check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cases.tables.tables import Tables, rows
from features.as_of import risk_moments
from serving.use_cases.asked.named import asked, none_to_check
from tests.factories.fakes import context
from tests.factories.worlds import MOMENTS, World, worlds

JUNE = datetime(2026, 6, 1)
OF_NONE = {"among": [{"attribute": "kind", "equals": "assault"}]}
OF_MANY_SUSPECTS = {"among": [{"attribute": "suspects", "at_least": 7}]}  # case c alone


@pytest.mark.parametrize(
    ("as_of", "after", "risk", "why"),
    [
        (
            datetime(2026, 1, 5),
            None,
            {},
            (
                "No case came up for review (closing) by 5 January 2026. In the tables, cases did "
                "so from 1 February 2026 to 4 February 2026."
            ),
        ),
        (
            JUNE,
            datetime(2026, 5, 1),
            {},
            "No case came up for review (closing) after 1 May 2026 and by 1 June 2026. In the",
        ),
        (JUNE, None, OF_NONE, "4 cases came up for review in that time, and none is of the kinds"),
        (JUNE, None, OF_MANY_SUSPECTS, "The only case of that time whose risk is"),
    ],
)
def test_each_cause_has_its_own_words(
    as_of: datetime, after: datetime | None, risk: dict[str, Any], why: str
) -> None:
    """None came up in that time, none of the kinds, or all of them reviewed."""
    refused = none_to_check(context(risk=risk).tables, as_of, after)
    assert str(refused.message).startswith(why)


def test_an_office_without_a_closed_case_says_so() -> None:
    """There is no first or last closing to name."""
    tables = context().tables
    none = tables.with_rows(cases=tables.case_rows.clear())
    why = str(none_to_check(none, JUNE, None).message)
    assert why == "No case of the tables has come up for review yet (closing)."


@settings(max_examples=40)
@given(world=worlds(), at=st.sampled_from(MOMENTS))
def test_few_cases_are_asked_about_when_all_are(world: World, at: str) -> None:
    """At intake, at closing or at an activity, added cases too; not before they come to it."""
    whole, risk = world.whole, world.whole.office.risk.model_copy(update={"at": at})
    office = whole.office.model_copy(update={"risk": risk})
    first = pl.col("case_id") == "c0"
    cases, events = whole.case_rows, whole.event_rows
    base = Tables.of(office, cases.filter(~first), events=events.filter(~first))
    tables = base.plus(cases.filter(first), events=events.filter(first))
    every = rows(risk_moments(tables, after=None, until=world.horizon))
    few = ["c0", "c1", "unknown"]
    found = asked(tables, few, world.horizon).sort("case_id")
    expected = every.filter(pl.col("case_id").is_in(few)).sort("case_id")
    assert_frame_equal(found, expected)
