"""One small office whose every feature can be worked out by hand.

Asked: case c at its closing and case d, still open and without events, at the same
moment, 2 March 2024, a Saturday. Grades of a and b were known by then; c's own, of the
same day, must not count. The prior of a rate is worth 20 cases.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import narwhals as nw
import polars as pl

from cases.tables.tables import Tables
from features.build import build
from features.catalogue import catalogue
from tests.factories import office as factories

OFFICE: dict[str, Any] = {
    "attributes": factories.OFFICE["attributes"]
    | {
        "region": {"type": "code", "known": "intake", "meaning": {"en": "region", "zh": "地区"}},
        "offence": {"type": "date", "known": "intake", "meaning": {"en": "offence", "zh": "案发"}},
    },
    "handler_known": "accepted",
    "risk": {
        "similar_by": ["charge", "region"],
        "use_handler": True,
        "rule_of_thumb": [
            {"points": 2, "when": [{"attribute": "suspects", "at_least": 2, "at_most": 5}]},
            {"points": 1, "when": [{"event": "returned", "at_least": 2}]},
            {"points": 1, "when": [{"event": "accepted", "then": "decided"}]},
            {
                "points": 1,
                "when": [{"event": "returned"}, {"attribute": "appealed", "equals": True}],
            },
            {"points": 1, "when": [{"attribute": "charge", "one_of": ["arson", "fraud"]}]},
        ],
    },
    "limits": [
        {"code": "review", "meaning": {"en": "review", "zh": "审查"}, "days": 20}
        | {"start": "accepted", "end": "closed"},
        {"code": "inquiry", "meaning": {"en": "inquiry", "zh": "侦查"}, "days": 10}
        | {"start": "accepted", "end": "returned", "kinds": ["k"]},
    ],
}

CASES = """
case_id | opened_at  | closed_at  | kind | unit | handler | suspects | charge | region | appealed | offence
a       | 2024-01-01 | 2024-01-11 | k    | u    | h       | 2        | theft  | north  | true     | 2023-12-22
b       | 2024-01-05 | 2024-01-25 | k    | u    | h       | 1        | fraud  | north  | false    | 2024-01-01
c       | 2024-02-01 | 2024-03-02 | k    | u    | h       | 3        | theft  | south  | true     | 2024-01-22
d       | 2024-02-20 | -          | m    | u    | g       | -        | fraud  | north  | false    | 2024-02-11
"""  # noqa: E501

EVENTS = """
case_id | at                  | recorded_at | activity | actor
a       | 2024-01-02          | -           | accepted | h
a       | 2024-01-04          | -           | decided  | h
b       | 2024-01-06          | -           | accepted | h
b       | 2024-01-08          | -           | returned | g
b       | 2024-01-10          | -           | returned | g
c       | 2024-02-02          | -           | accepted | h
c       | 2024-02-06 20:00:00 | 2024-02-08  | returned | g
c       | 2024-02-25          | -           | returned | h
c       | 2024-02-29          | -           | decided  | -
c       | 2024-03-01          | 2024-03-03  | returned | h
"""

REVIEWS = """
case_id | reviewed_at | kind   | grade
a       | 2024-01-21  | random | bad
b       | 2024-02-10  | random | good
c       | 2024-03-02  | random | bad
"""

MOMENT = datetime(2024, 3, 2)

# From accepted there were 3 steps (2 to returned), from returned 3 (2 to returned); with one
# step of each of 3 activities added: 3/6, 3/6, 2/6, that is 1, 1 and 1.584963 bits.
EXPECTED = """
feature                                    | c        | d
attribute.kind                             | k        | m
attribute.unit                             | u        | u
attribute.handler                          | h        | -
attribute.suspects                         | 3        | -
attribute.charge                           | theft    | fraud
attribute.region                           | south    | north
attribute.appealed                         | 1        | -
attribute.offence                          | 40       | 20
process.days_open                          | 30       | 11
process.days_to_first_event                | 1        | -
process.days_since_last_event              | 2        | -
process.longest_gap                        | 109/6    | -
process.events                             | 4        | 0
process.repeats                            | 1        | 0
process.actors                             | 2        | 0
process.handovers                          | 2        | 0
process.events_last_3_days                 | 1        | 0
process.events_last_7_days                 | 2        | 0
process.share_last_7_days                  | 1/2      | -
process.recorded_late                      | 1        | 0
process.path_rarity                        | 1.194988 | -
process.rarest_step                        | 1.584963 | -
process.off_hours_share                    | 1/2      | -
process.rework                             | 2        | 0
process.count.accepted                     | 1        | 0
process.days_to.accepted                   | 1        | -
process.days_since.accepted                | 29       | -
process.count.returned                     | 2        | 0
process.days_to.returned                   | 35/6     | -
process.days_since.returned                | 6        | -
process.count.decided                      | 1        | 0
process.days_to.decided                    | 28       | -
process.days_since.decided                 | 2        | -
process.family.investigation               | 2        | 0
process.limit_used.review                  | 29/20    | -
process.limit_exceeded.review              | 9        | -
process.limit_used.inquiry                 | 23/10    | -
process.limit_exceeded.inquiry             | 13       | -
workload.unit_open                         | 1        | 1
workload.unit_opened_30                    | 1        | 1
workload.unit_closed_30                    | 1        | 1
workload.unit_closed_today                 | 1        | 1
workload.handler_open                      | 0        | -
workload.handler_opened_30                 | 0        | -
workload.handler_closed_30                 | 1        | -
workload.handler_closed_today              | 1        | -
history.office_defect_rate                 | 1/2      | 1/2
history.office_defect_rate_30              | 10/21    | 10/21
history.office_defect_rate_90              | 1/2      | 1/2
history.office_defect_rate_365             | 1/2      | 1/2
history.kind_defect_rate                   | 1/2      | 1/2
history.kind_defect_rate_365               | 1/2      | 1/2
history.kind_reviews_365                   | 2        | 0
history.kind_usual_days                    | 15       | 15
history.kind_days_ratio                    | 2        | 11/15
history.unit_defect_rate                   | 1/2      | 1/2
history.unit_defect_rate_365               | 1/2      | 1/2
history.unit_reviews_365                   | 2        | 2
history.unit_usual_days                    | 15       | 15
history.unit_days_ratio                    | 2        | 11/15
history.handler_defect_rate                | 1/2      | -
history.handler_defect_rate_365            | 1/2      | -
history.handler_reviews_365                | 2        | -
history.handler_usual_days                 | 15       | -
history.handler_days_ratio                 | 2        | -
history.charge_defect_rate                 | 11/21    | 10/21
history.charge_defect_rate_365             | 11/21    | 10/21
history.charge_reviews_365                 | 1        | 1
history.charge_usual_days                  | 310/21   | 320/21
history.charge_days_ratio                  | 63/31    | 231/320
history.region_defect_rate                 | 1/2      | 1/2
history.region_defect_rate_365             | 1/2      | 1/2
history.region_reviews_365                 | 0        | 2
history.region_usual_days                  | 15       | 15
history.region_days_ratio                  | 2        | 11/15
history.charge_and_region_defect_rate      | 1/2      | 10/21
history.charge_and_region_defect_rate_365  | 1/2      | 10/21
history.charge_and_region_reviews_365      | 0        | 1
history.charge_and_region_usual_days       | 15       | 320/21
history.charge_and_region_days_ratio       | 2        | 231/320
calendar.month_sin                         | 0.866025 | 0.866025
calendar.month_cos                         | 1/2      | 1/2
calendar.weekday                           | 6        | 6
calendar.day_of_month                      | 2        | 2
calendar.days_to_month_end                 | 29       | 29
rule_of_thumb.suspects_at_least_2_at_most_5 | 1     | 0
rule_of_thumb.returned_at_least_2          | 1        | 0
rule_of_thumb.accepted_then_decided        | 1        | 0
rule_of_thumb.returned_and_appealed_equals_true | 1   | 0
rule_of_thumb.charge_one_of_arson_or_fraud | 0        | 1
"""


def example() -> Tables:
    """The example's tables."""
    return factories.tables(CASES, EVENTS, REVIEWS, **OFFICE)


def expected() -> dict[str, dict[str, str]]:
    """By feature, what it must be for c and for d."""
    lines = [[cell.strip() for cell in line.split("|")] for line in EXPECTED.strip().splitlines()]
    return {name: dict(zip(lines[0][1:], cells, strict=True)) for name, *cells in lines[1:]}


def computed() -> dict[str, dict[str, Any]]:
    """The same from `build`."""
    tables = example()
    asked = pl.DataFrame({"case_id": ["c", "d"], "moment": [MOMENT, MOMENT]})
    names = tuple(catalogue(tables.office))
    frame = build(tables, nw.from_native(asked).lazy(), names).collect("polars").to_native()
    rows = {row["case_id"]: row for row in frame.to_dicts()}
    return {name: {case: rows[case][name] for case in rows} for name in names}
