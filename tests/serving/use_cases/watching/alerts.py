"""Alerts as tests need them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from cases.language.texts import Text
from ledger.ledger import Entry
from policies.alerts import Alert, AlertKey, Sort, Stage
from serving.work.step import Step, Taken
from serving.work.work import STEPS

TODAY = date(2026, 6, 30)
BEGAN = date(2026, 6, 1)


def alert(case_id: str, sort: str = "hard", unit: str | None = "u1", **changes: Any) -> Alert:
    """One of a case: of a limit that is over in three days, since today."""
    due_on = None if sort == "breach" else TODAY + timedelta(days=3)
    of_limit = (due_on, Stage.WARNING) if sort == "hard" else ()
    key = AlertKey(case_id, Sort(sort), "limit", BEGAN, *of_limit)
    words = {"why": Text(en=f"why {case_id}"), "todo": Text(en=f"do {case_id}")}
    given: dict[str, Any] = {"since": TODAY, "due_on": due_on, **words, **changes}
    return Alert(key, unit, **given)


def steps_of(entries: list[Entry]) -> list[Step]:
    """The steps that these entries record."""
    return [
        STEPS[str(entry.content["step"])].model_validate_json(entry.beside["0"])
        for entry in entries
    ]


def taken(*steps: Step) -> list[Taken]:
    """These steps as they are recorded one after the other."""
    at = datetime(2026, 6, 28, 12, tzinfo=UTC)
    return [Taken(step, number, at, "u") for number, step in enumerate(steps, start=1)]
