"""An office whose plan is under way: six cases drawn, two of them to be read twice."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from policies.spot_check.plan import PlanParameters
from serving.access.caller import Caller
from serving.access.rules import Role
from serving.http.app import application
from serving.http.pages.shell.rooms import Rooms
from serving.kept.begin import PLANS, begin
from serving.kept.home.under_way import plan_under_way
from serving.kept.plan import write_plan
from serving.memory.current import Current
from serving.memory.grades import record_grade
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import Remembered, name_of
from serving.use_cases.reviewing.under_way import UnderWay
from serving.use_cases.spot_checks import spot_checks
from serving.work.reviewing import Begun, Graded
from serving.work.step import step_entry
from tests.factories.client import OpenDoor
from tests.factories.fakes import RULES, FakeModel, InMemory
from tests.factories.office import office, tables

CASES = """
case_id | opened_at  | closed_at        | kind  | unit | handler | suspects | charge  | appealed
p1      | 2025-01-01 | 2025-02-01       | theft | u1   | h1      | 1        | theft   | false
p2      | 2025-01-01 | 2025-02-02       | theft | u1   | h2      | 4        | theft   | false
p3      | 2025-01-01 | 2025-02-03       | fraud | u2   | h2      | 4        | fraud   | false
a       | 2026-01-01 | 2026-02-01T09:00 | theft | u1   | h1      | 1        | theft   | false
b       | 2026-01-01 | 2026-02-02       | theft | u1   | h2      | 6        | robbery | false
c       | 2026-01-01 | 2026-02-03       | fraud | u2   | h1      | 9        | fraud   | false
d       | 2026-01-01 | 2026-02-04       | fraud | u2   | h2      | 2        | fraud   | true
e       | 2026-01-02 | 2026-02-05       | theft | u1   | h3      | 3        | theft   | false
f       | 2026-01-02 | 2026-02-06       | theft | u2   | h3      | 3        | theft   | false
g       | 2026-01-02 | 2026-02-07       | fraud | u2   | h4      | 5        | fraud   | false
h       | 2026-01-02 | 2026-02-08       | theft | u1   | h4      | 2        | theft   | false
"""
EVENTS = """
case_id | at               | activity | actor
a       | 2026-01-01       | accepted | h1
a       | 2026-01-20T10:15 | returned | h1
b       | 2026-01-01       | accepted | h2
b       | 2026-01-15T09:00 | returned | h2
b       | 2026-01-25       | decided  | h2
"""
REVIEWS = """
case_id | reviewed_at | reviewer | kind | grade | dimensions
p1      | 2025-03-01  | r1       | -    | good  | -
p2      | 2025-03-02  | r2       | -    | bad   | facts
p3      | 2025-03-03  | r1       | -    | bad   | procedure
"""
REVIEWERS = """
reviewer | unit | kinds | capacity | most_open | absent_from | absent_until
r1       | -    | -     | 1        | -         | -           | -
r2       | -    | -     | 1        | -         | -           | -
"""
GRADED = {
    "kinds": {"check": "self_check", "key": "review"},
    "grades": [
        {"code": "best", "defect": False, "meaning": {"en": "excellent", "zh": "优质"}},
        {"code": "good", "defect": False, "meaning": {"en": "good", "zh": "合格"}},
        {"code": "bad", "defect": True, "meaning": {"en": "bad", "zh": "不合格"}},
    ],
    "dimensions": {
        "facts": {"meaning": {"en": "facts", "zh": "事实"}},
        "procedure": {"meaning": {"en": "procedure", "zh": "程序"}},
        "old": {"meaning": {"en": "old one", "zh": "旧维度"}, "valid_until": "2025-12-31"},
    },
}
AS_OF = datetime(2026, 3, 1)
GRADED_AT = datetime(2026, 3, 20, 10, 0)


@dataclass
class Office:
    """An office of reviewers, with its ledger and its folder."""

    current: Current
    ledger: InMemory
    home: Path
    apps: dict[Caller, Starlette] = field(default_factory=dict)

    @property
    def context(self) -> ServiceContext:
        """How it stands now."""
        return self.current.context

    @property
    def plan(self) -> UnderWay:
        """The plan under way."""
        (began,) = self.context.remembered.work.reviewing.plans.values()
        return plan_under_way(self.home, began)

    def app(self, caller: Caller) -> Starlette:
        """Its service, for one caller."""
        if caller not in self.apps:
            rooms = Rooms(self.home)
            self.apps[caller] = application(self.current, OpenDoor(caller), rooms=rooms)
        return self.apps[caller]

    def reader(self, case_id: str, reading: str = "first") -> str:
        """Who has a reading."""
        reviewing = self.context.remembered.work.reviewing
        return str(reviewing.reader(self.plan.plan_id, case_id, reading))

    def graded(self, case_id: str, grade: str, reading: str = "first", **texts: str) -> None:
        """Let who has a reading grade it."""
        self._grade(case_id, grade, reading, self.reader(case_id, reading), **texts)

    def consolidated(self, case_id: str, grade: str) -> None:
        """Let a manager make one grade of two."""
        self._grade(case_id, grade, "consolidated", "m1", reason="as agreed")

    def _grade(self, case_id: str, grade: str, reading: str, who: str, **texts: str) -> None:
        step = Graded(
            plan=self.plan.plan_id,
            case_id=case_id,
            reading=reading,
            reviewer=who,
            grade=grade,
            **texts,
        )
        record_grade(lambda: self.context, self.current.record_all, step, GRADED_AT, 0.5, "a user")

    def twice(self) -> str:
        """A case that two reviewers read."""
        return str(self.plan.cases.filter("second_review")["case_id"][0])


@dataclass
class Built:
    """An office whose plan is drawn and can begin: its tables, its folder, the step."""

    context: ServiceContext
    home: Path
    step: Begun


@cache
def _built(reviews: tuple[tuple[str, Any], ...], reviewers: str) -> Built:
    """Built once: it takes as long as everything else."""
    made = office(reviews=GRADED | dict(reviews), rules=RULES)
    read = tables(CASES, events=EVENTS, reviews=REVIEWS, reviewers=reviewers)
    read = replace(read, office=made)
    context, home = ServiceContext(read, FakeModel()), Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    parameters = PlanParameters.of(
        made, as_of=AS_OF, capacity=6, seed="7", search_share=0.97, second_share=0.3
    )
    planned, drawn = home / "drawn", spot_checks(context, parameters)
    about = {"data_hash": "0" * 64, "model": {}, "model_hash": "0" * 64, "code": "test"}
    write_plan(drawn, read, "en", about, planned)
    step = begin(read, Remembered(), home, planned, "en").step
    assert step is not None
    return Built(context, home, step)


def office_under_review(
    home: Path, reviews: Mapping[str, Any] | None = None, reviewers: str = REVIEWERS
) -> Office:
    """An office with a plan of six cases whose reviews have begun."""
    built = _built(tuple((reviews or {}).items()), reviewers)
    shutil.copytree(built.home / PLANS, home / PLANS)
    ledger = InMemory()
    ledger.append(step_entry(name_of(built.context.office), built.step, None))
    context = replace(built.context)
    return Office(Current(context, ledger), ledger, home)


def reviewer(person: str | None, *roles: Role, units: frozenset[str] | None = None) -> Caller:
    """A user who is called so in the tables; by default a reviewer."""
    return Caller(f"user of {person}", frozenset(roles or {Role.REVIEWER}), units, person)


MANAGER = Caller("user m", frozenset({Role.MANAGER}), None, "m1")
