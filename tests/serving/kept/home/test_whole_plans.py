"""Plans whose reviews have begun are read as they were then."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from policies.spot_check.plan import PlanParameters
from serving.kept.home.whole_plans import PLANS, plans_under_way
from serving.kept.plan import write_plan
from serving.memory.current import Current
from serving.use_cases.remembered import name_of
from serving.use_cases.spot_checks import spot_checks
from serving.work.reviewing import Begun
from serving.work.step import step_entry
from tests.factories.fakes import InMemory, context

MADE_FROM = {"data_hash": "d", "model": {}, "model_hash": "a" * 64, "code": "0.1.0"}


@pytest.fixture
def current() -> Current:
    """An office in which nothing has begun."""
    return Current(context(), InMemory())


def begin(current: Current, home: Path, capacity: int) -> str:
    """Draw a plan into the home and begin its reviews; its id."""
    of = current.context
    parameters = PlanParameters.of(
        of.office, as_of=datetime(2026, 2, 15), capacity=capacity, seed="s"
    )
    planned = spot_checks(of, parameters)
    plan_id = planned.plan.plan_id
    (home / PLANS).mkdir(exist_ok=True)
    manifest = write_plan(planned, of.tables, "en", MADE_FROM, home / PLANS / plan_id)
    step = Begun(plan=plan_id, manifest=manifest.hash, seed="t", draw="d", readings=())
    current.record(step_entry(name_of(of.office), step, None))
    return plan_id


def test_the_newest_stands_first(current: Current, tmp_path: Path) -> None:
    """Both as they were drawn."""
    ids = [begin(current, tmp_path, capacity) for capacity in (2, 3)]
    found = plans_under_way(current.context, tmp_path)
    assert [plan.manifest["plan_id"] for plan in found.plans] == ids[::-1]
    assert found.problems == []


@pytest.mark.parametrize("name", ["frame.parquet", "manifest.json", ""])
def test_a_folder_that_was_changed_is_told_and_left_out(
    current: Current, tmp_path: Path, name: str
) -> None:
    """A file that is another one, or gone with its folder."""
    plan_id = begin(current, tmp_path, 2)
    other = begin(current, tmp_path, 3)
    changed = tmp_path / PLANS / plan_id / name
    changed.write_bytes(b"another") if name else changed.rename(tmp_path / "elsewhere")
    found = plans_under_way(current.context, tmp_path)
    assert [plan.manifest["plan_id"] for plan in found.plans] == [other]
    assert [plan_id in str(problem) for problem in found.problems] == [True]
