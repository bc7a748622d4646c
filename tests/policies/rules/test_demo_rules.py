"""The mandatory reviews of the demo procuratorate, case by case."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest

from cases.office.loading import load_office
from cases.tables.tables import EVENTS, Tables, case_columns
from features.build import known_at
from policies.rulebook import mandatory
from tests.factories.office import rows

OFFICE = load_office(Path(__file__).parents[3] / "offices" / "demo_procuratorate.toml")

# What happened to a case, whether its suspect is a juvenile, when it was closed, and the rule.
DECISIONS = """
events                          | juvenile | closed     | rule
arrested                        | false    | 2026-02-01 | -
arrested, later_not_prosecuted  | false    | 2026-02-01 | arrested_then_not_prosecuted
arrested, later_withdrawn       | false    | 2026-02-01 | arrested_then_withdrawn
arrested, later_acquitted       | false    | 2026-02-01 | arrested_then_acquitted
later_acquitted                 | false    | 2026-02-01 | -
indicted, judged                | true     | 2026-02-01 | -
not_prosecuted_absolute         | false    | 2026-01-31 | no_crime
not_prosecuted_doubt            | false    | 2026-01-31 | insufficient_evidence
not_prosecuted_relative         | false    | 2026-01-31 | -
not_prosecuted_relative         | true     | 2026-01-31 | -
not_prosecuted_relative         | false    | 2026-02-01 | minor_crime
not_prosecuted_relative         | true     | 2026-02-01 | minor_crime_juvenile
indicted, withdrawn_indictment  | false    | 2026-01-31 | withdrawn_indictment
indicted, acquitted             | false    | 2026-01-31 | acquitted
protest_filed, judged           | false    | 2026-01-31 | -
protest_filed, protest_withdrawn| false    | 2026-01-31 | withdrawn_protest_adults
protest_filed, protest_withdrawn| true     | 2026-01-31 | -
protest_filed, protest_withdrawn| true     | 2026-02-01 | withdrawn_protest
indicted, petition_changed      | false    | 2026-01-31 | petition_changed
indicted, compensation_granted  | false    | 2026-01-31 | compensation_granted
indicted, supervision_unsupported| false   | 2026-01-31 | supervision_unsupported
"""
LINES = [
    tuple(cell.strip() for cell in line.split("|")) for line in DECISIONS.strip().splitlines()[1:]
]


def rule_of(activities: str, juvenile: str, closed: str) -> str:
    """The rule that puts such a case on the list, `-` for none."""
    case = f"case_id | opened_at | closed_at | juvenile\na | 2025-12-01 | {closed} | {juvenile}"
    happened = activities.split(", ")
    days = [datetime(2025, 12, 2 + place) for place in range(len(happened))]
    events = pl.DataFrame(
        {"case_id": "a", "at": days, "recorded_at": days, "activity": happened, "actor": "x"}
    ).with_row_index("sequence")
    tables = Tables.of(
        OFFICE, rows(case, case_columns(OFFICE)), events=events.select(*EVENTS).cast(EVENTS)
    )
    moment = pl.DataFrame({"case_id": ["a"], "moment": [datetime(2026, 6, 1)]})
    found = mandatory(known_at(tables, nw.from_native(moment.lazy())))
    return "".join(found["rule"]) or "-"


@pytest.mark.parametrize(("activities", "juvenile", "closed", "rule"), LINES)
def test_each_trigger_of_a_key_review(
    activities: str, juvenile: str, closed: str, rule: str
) -> None:
    """Each trigger puts its case on the list under its rule, by the dates it is in force."""
    assert rule_of(activities, juvenile, closed) == rule


def test_every_rule_is_tried() -> None:
    """The table above tries every rule of the office file."""
    assert {rule.code for rule in OFFICE.rules} <= {rule for *_, rule in LINES}
