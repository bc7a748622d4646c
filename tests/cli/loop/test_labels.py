"""The loop closes: what reviewers of a scheduled plan found is what the next model learns from."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cli.files.office import workspace_of
from serving.kept.plan import read_plan
from serving.memory.checking import coming
from serving.use_cases.context import ServiceContext
from tests.cli.loop.conftest import opened, run
from tests.factories.fakes import FakeModel
from training.labels import risk_labels

REVIEWED = datetime(2024, 3, 10)


@pytest.fixture
def reviewed(office: Path) -> Path:
    """The plan of March, whose reviews came in over the use case of facts; final after 30 days."""
    text = office.read_text("utf-8")
    text = text.replace(
        "\n[[reviews.grades]]", "\n[reviews]\nmaturity_days = 30\n[[reviews.grades]]", 1
    )
    office.write_text(text, "utf-8")
    run(office)
    (folder,) = (office.parent / ".triage" / "plans").iterdir()
    plan = read_plan(folder)
    rows = [
        {
            "case_id": case,
            "reviewed_at": REVIEWED,
            "reviewer": "r1",
            "grade": "bad" if number % 2 else "good",
            "inclusion_probability": probability,
        }
        for number, (case, probability) in enumerate(drawn(folder).items())
    ]
    with opened(office) as this:
        context = ServiceContext(this.present().tables, FakeModel())
        this.ledger.append(coming(context, "reviews", str(plan.manifest["plan_id"]), rows).entry)
    return folder


def drawn(folder: Path) -> dict[str, float]:
    """The drawn cases of a plan with their inclusion probabilities."""
    plan = read_plan(folder)
    cases = plan.frame.filter(pl.col("case_id").is_in(list(plan.listed)))
    return dict(cases.select("case_id", "inclusion_probability").iter_rows())


def test_labels_have_the_weights_of_the_draw(office: Path, reviewed: Path) -> None:
    """A case drawn with probability p stands for 1/p cases; before it is final, for none."""
    tables = workspace_of(office).tables()
    assert risk_labels(tables, REVIEWED + timedelta(days=29)).is_empty()
    labels = risk_labels(tables, REVIEWED + timedelta(days=31))
    chances = drawn(reviewed)
    assert {*labels["case_id"]} == chances.keys()
    assert len({*chances.values()}) > 1
    stand_for = labels["weight"] * pl.Series([chances[case] for case in labels["case_id"]])
    assert stand_for.to_list() == pytest.approx([stand_for[0]] * len(chances))
    assert labels["surveyed"].all()
    assert labels["y"].sum() == len(chances) // 2


def test_what_was_reviewed_is_not_planned_again(office: Path, reviewed: Path) -> None:
    """The next plan is of what was closed since."""
    table = office.parent / "cases.csv"
    later = "".join(f"later-{n},2024-03-01,2024-03-{n + 1:02},x,2,yes\n" for n in range(4, 10))
    table.write_text(table.read_text("utf-8") + later, "utf-8")
    run(office, datetime(2024, 4, 1, 12))
    (other,) = {*(office.parent / ".triage" / "plans").iterdir()} - {reviewed}
    assert {*read_plan(other).frame["case_id"]} == {f"later-{n}" for n in range(4, 10)}
