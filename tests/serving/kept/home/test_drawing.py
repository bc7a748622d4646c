"""An order becomes one plan in one folder, whatever happens in between."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cases.errors import BadInput, Refused
from policies.spot_check.plan import PlanParameters
from serving.kept.begin import PLANS
from serving.kept.home.described import described, inclusion_probability
from serving.kept.home.drawing import draw_ordered
from serving.work.planning import Ordered
from tests.serving.http.pages.visits import office_of

OF = office_of()
PARAMETERS = PlanParameters.of(OF.office, as_of=datetime(2026, 2, 28), capacity=2, seed="1")
ORDER = Ordered(key="k", parameters=PARAMETERS.model_dump(mode="json"))


def test_the_same_order_is_the_same_plan(tmp_path: Path) -> None:
    """An attempt that was stopped before its record left a folder: that is the plan."""
    first = draw_ordered(OF, tmp_path, ORDER, "U-1")
    again = draw_ordered(OF, tmp_path, ORDER, "U-2")
    assert again.manifest == first.manifest
    assert [path.name for path in (tmp_path / PLANS).iterdir()] == [first.plan.plan_id]


def test_a_folder_that_was_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    """What is recorded is what was drawn."""
    first = draw_ordered(OF, tmp_path, ORDER, "U-1")
    (first.folder / "plan.csv").write_text("other")
    with pytest.raises(Refused, match="not as it was written"):
        draw_ordered(OF, tmp_path, ORDER, "U-1")


def test_what_is_recorded_says_who_and_what(tmp_path: Path) -> None:
    """The plan with its knob, and the step that ends the order."""
    drawn = draw_ordered(OF, tmp_path, ORDER, "U-1")
    plan, step = drawn.entries
    assert plan.content["by"] == step.content["by"] == "U-1"
    assert (plan.content["capacity"], plan.content["manifest"]) == (2, drawn.manifest.hash)
    assert (step.content["step"], step.content["plan"]) == ("drawn", drawn.plan.plan_id)


def test_an_order_of_another_version_is_a_fault(tmp_path: Path) -> None:
    """And no error."""
    order = Ordered(key="k", parameters={"capacity": "many"})
    with pytest.raises(BadInput, match="does not know"):
        draw_ordered(OF, tmp_path, order, "U-1")


def test_a_folder_describes_its_plan(tmp_path: Path) -> None:
    """What was drawn with which probability, of which units, and what it buys."""
    drawn = draw_ordered(OF, tmp_path, ORDER, "U-1")
    kept = described(drawn.folder)
    assert kept is not None
    assert kept.parameters == PARAMETERS
    assert set(kept.listed) == set(drawn.plan.lines["case_id"])
    assert kept.listed["d"] == 1.0
    assert kept.units == {"u1", "u2"}
    assert kept.outlook[0].expected_defects == drawn.plan.outlook[0].expected_defects
    probabilities = {case: inclusion_probability(drawn.folder, case) for case in "abde"}
    assert probabilities["a"] + probabilities["b"] == pytest.approx(1.0)
    assert (probabilities["d"], probabilities["e"]) == (1.0, None)


def test_a_case_that_looks_like_a_formula_is_still_known(tmp_path: Path) -> None:
    """A spreadsheet gets it with an apostrophe; its probability is found all the same."""
    rows = OF.tables.case_rows
    named = rows.with_columns(case_id=("=" + rows["case_id"]).alias("case_id"))
    tables = OF.tables.with_rows(
        cases=named, events=OF.tables.event_rows.clear(), reviews=OF.tables.rows("reviews").clear()
    )
    of = office_of()
    object.__setattr__(of, "tables", tables)
    drawn = draw_ordered(of, tmp_path, ORDER, "U-1")
    kept = described(drawn.folder)
    assert kept is not None
    assert set(kept.listed) == set(drawn.plan.lines["case_id"])
    assert all(case.startswith("=") for case in kept.listed)


def test_no_folder_no_description(tmp_path: Path) -> None:
    """Nor of a folder that was not written whole."""
    assert described(tmp_path / "none") is None
    assert described(tmp_path) is None
