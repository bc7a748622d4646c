"""What people decide about new cases changes who carries them."""

from __future__ import annotations

import polars as pl
import pytest

from cases.errors import BadInput
from ledger.ledger import Entry
from ledger.records import Kind
from serving.memory.current import Current
from serving.use_cases.intake.staff import check_given_away, given_away
from serving.use_cases.remembered import name_of
from serving.work.deciding import Accepted, Designated, SentBack
from serving.work.step import Step, step_entry
from tests.factories.fakes import InMemory, context

GIVEN = {"0": '["n1", "h1", 2.0]', "1": '["n2", "h2", null]', "2": '["n3", "h3", 1.0]'}


def after(*steps: Step) -> Current:
    """An office whose intake gave three cases, and these decisions."""
    of, ledger = context(), InMemory()
    content = {"office": name_of(of.office), "assignment_id": "x", "cases": 3}
    ledger.append(Entry(Kind.INTAKE, content, GIVEN))
    ledger.append(*(step_entry(name_of(of.office), step, "U-1") for step in steps))
    return Current(of, ledger)


def carried(current: Current) -> dict[str, str | None]:
    """Who carries which case."""
    return dict(given_away(current.context).select("case_id", "handler").iter_rows())


def test_a_designated_handler_carries_the_case_and_one_sent_back_weighs_on_nobody() -> None:
    """With the effort it has; what was accepted stays as it was given."""
    current = after(
        Accepted(case_id="n1", handler="h1"),
        Designated(case_id="n2", handler="h4", suggested="h2", reason="knows it"),
        SentBack(case_id="n3", reason="not ours"),
        Designated(case_id="n4", handler="h1", suggested=None, reason="nobody else"),
        Designated(case_id="n1", handler="h2", suggested="h1", reason="too late"),
    )
    assert carried(current) == {"n1": "h1", "n2": "h4", "n3": None, "n4": "h1"}
    given = current.context.remembered.given
    assert dict(given.select("case_id", "record").iter_rows()) == {
        "n1": 2,
        "n2": 2,
        "n3": 2,
        "n4": 6,
    }


def test_decisions_that_come_in_later_are_taken_in_too() -> None:
    """A worker that has read the intake already, and one that starts now, know the same."""
    current = after()
    assert carried(current) == {"n1": "h1", "n2": "h2", "n3": "h3"}
    office = name_of(current.context.office)
    step = Designated(case_id="n1", handler="h4", suggested="h1", reason="knows it")
    current.record(step_entry(office, step, "U-1"))
    assert carried(current)["n1"] == "h4"


def test_a_case_that_was_sent_back_is_not_drawn_again() -> None:
    """Else one could send it back until the draw suits."""
    current = after(SentBack(case_id="n3", reason="not ours"))
    new = pl.DataFrame({"case_id": ["n3"]})
    with pytest.raises(BadInput, match="sent back"):
        check_given_away(current.context.tables, new, given_away(current.context), further=None)
