"""An office with running cases whose clocks can be read off: today is the last day of its tables.

Limits of 30 days warn from three days left on. Today, the 30th of June 2026, the clock of `near`
has two days left, that of `over` is overrun by 9, that of `early` has 20 left; `step` lacks a step
and has 24 left. The first two are of unit u1, the others of u2.
"""

from __future__ import annotations

from typing import Any

from serving.use_cases.context import ServiceContext
from tests.factories.fakes import FakeModel
from tests.factories.office import OFFICE, tables

LIMIT = {
    "code": "month",
    "meaning": {"en": "one month", "zh": "一个月"},
    "days": 30,
    "end": "decided",
}
PROCESS = {
    "code": "accepted_first",
    "meaning": {"en": "accepted before returned", "zh": "先受理后退回"},
    "rule": "must_precede",
    "activity": "accepted",
    "before": "returned",
}
CASES = """
case_id | opened_at  | closed_at  | kind  | unit | handler | suspects | appealed
done    | 2026-03-01 | 2026-05-20 | theft | u1   | h1      | 1        | false
early   | 2026-06-20 | -          | theft | u2   | h2      | 1        | -
near    | 2026-06-02 | -          | theft | u1   | h1      | 1        | -
over    | 2026-05-22 | -          | theft | u1   | h3      | 1        | -
step    | 2026-06-24 | -          | theft | u2   | h2      | 1        | -
"""
EVENTS = """
case_id | at         | activity
done    | 2026-03-02 | accepted
near    | 2026-06-02 | accepted
over    | 2026-05-22 | accepted
early   | 2026-06-20 | accepted
step    | 2026-06-30 | returned
"""


def office_of(**changes: Any) -> ServiceContext:
    """The office, a demo, whose clocks stand as its tables end."""
    parts: dict[str, Any] = {
        "office": OFFICE["office"] | {"demo": True},
        "limits": [LIMIT],
        "process": [PROCESS],
        **changes,
    }
    return ServiceContext(tables(CASES, EVENTS, **parts), FakeModel())
