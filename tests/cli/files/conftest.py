"""Small folders of a plan and of an intake, written as the commands write them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cases.tables.tables import new_case_columns
from policies.spot_check.plan import PlanParameters
from serving.kept.intake.folder import write_intake
from serving.kept.plan import write_plan
from serving.use_cases.intake.suggesting import intake
from serving.use_cases.spot_checks import spot_checks
from tests.factories.fakes import context
from tests.factories.office import rows

MADE_FROM = {"data_hash": "d", "model": {}, "model_hash": "a" * 64, "code": "0.1.0"}
NEW = """
case_id | opened_at        | kind  | unit | suspects | charge | parties
n1      | 2026-03-02T09:00 | fraud | u2   | 1        | theft  | -
n2      | 2026-03-02T10:00 | fraud | u2   | 3        | theft  | p1; p9
n3      | 2026-03-03T10:00 | theft | u1   | 8        | theft  | -
n4      | 2026-03-03T11:00 | fraud | u2   | 2        | bribe  | -
"""


@pytest.fixture
def plan_folder(tmp_path: Path) -> Path:
    """Three of the four closed cases, one by rule."""
    of = context()
    parameters = PlanParameters.of(of.office, as_of=datetime(2026, 2, 15), capacity=3, seed="s")
    write_plan(spot_checks(of, parameters), of.tables, "en", MADE_FROM, tmp_path / "plan")
    return tmp_path / "plan"


@pytest.fixture
def intake_folder(tmp_path: Path) -> Path:
    """Four new cases, drawn among five handlers."""
    of = context()
    suggestions = intake(of, rows(NEW, new_case_columns(of.office)), seed="s")
    write_intake(suggestions, of.office, "en", MADE_FROM, tmp_path / "intake")
    return tmp_path / "intake"
