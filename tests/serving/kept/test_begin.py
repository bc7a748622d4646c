"""Tests of beginning the reviews of a plan: what is kept, drawn and recorded, and only once."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.tampering import with_manifest
from cases.errors import BadInput, Refused
from cases.integrity.manifest import read_manifest
from cases.tables.tables import Tables
from policies.reviewers import draw
from policies.seeds import commitment
from policies.spot_check.plan import PlanParameters
from serving.kept import begin as beginning
from serving.kept.begin import Beginning, begin
from serving.kept.checked import Reader
from serving.kept.plan import write_plan
from serving.kept.reviewers.checks import check_reviewers
from serving.kept.reviewers.folder import FILES
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import Remembered
from serving.use_cases.spot_checks import spot_checks
from serving.work.reviewing import Assigned
from serving.work.step import Taken
from serving.work.work import Work
from tests.factories.fakes import context

REVIEWERS = """
reviewer | unit | most_open
h1       | -    | -
r1       | u1   | -
r2       | u2   | 1
r3       | -    | 2
"""
MADE_FROM = {"data_hash": "d", "model": {}, "model_hash": "a" * 64, "code": "0.1.0"}
CHANGES: dict[str, Any] = {"spot_checks": {"second_share": 0.5}, "reviewers": REVIEWERS}


def planned(of: ServiceContext, folder: Path, **parameters: Any) -> Path:
    """Three of the four closed cases, one by rule, one or two read twice."""
    requested = {"as_of": datetime(2026, 2, 15), "capacity": 3, "seed": "s"} | parameters
    plan = spot_checks(of, PlanParameters.of(of.office, **requested))
    write_plan(plan, of.tables, "en", MADE_FROM, folder)
    return folder


@pytest.fixture
def of() -> ServiceContext:
    """An office with reviewers, one of whom handles cases, too."""
    return context(**CHANGES)


@pytest.fixture
def plan(of: ServiceContext, tmp_path: Path) -> Path:
    """The folder of a plan of that office."""
    return planned(of, tmp_path / "plan")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the office keeps what it keeps."""
    return tmp_path / "home"


def begun(of: ServiceContext, home: Path, plan: Path, **more: Any) -> Beginning:
    """What begins."""
    return begin(of.tables, more.pop("remembered", of.remembered), home, plan, "en", **more)


def after(found: Beginning) -> Remembered:
    """What is remembered once the step was recorded."""
    assert found.step is not None
    return Remembered(work=Work().after([Taken(found.step, 2, datetime.now(UTC), None)]))


def test_a_plan_is_kept_and_its_readings_are_drawn(
    of: ServiceContext, plan: Path, home: Path
) -> None:
    """Plan and draw are in the home, and the step says who reads what with which probability."""
    found = begun(of, home, plan)
    assert found.step is not None
    assert found.drawn is not None
    kept, drawn = home / "plans" / found.plan_id, home / "reviewers" / found.plan_id
    assert read_manifest(kept).hash == read_manifest(plan).hash == found.step.manifest
    assert check_reviewers(drawn, Reader()).differences == ()
    listed = pl.read_csv(drawn / "reviewers.csv").drop_nulls("reviewer")
    assert listed.select("case_id", "reading", "reviewer", "probability").rows() == [
        (one.case_id, one.reading, one.reviewer, one.probability) for one in found.step.readings
    ]
    assert (found.step.plan, found.step.draw) == (found.plan_id, found.drawn.draw_id)
    assert {path.name for path in home.glob("*/*")} == {found.plan_id}


def test_nobody_reviews_what_they_handled(of: ServiceContext, plan: Path, home: Path) -> None:
    """h1 handles a and c; who only acted in a case did, too."""
    found = begun(of, home, plan)
    assert found.drawn is not None
    handled = dict(found.drawn.cases.select("case_id", "handled_by").iter_rows())
    assert [handled["b"], handled["d"]] == [["h2"], ["h2"]]
    readers = {one.case_id: one.reviewer for one in found.drawn.given if one.reading == "first"}
    assert all(readers[case] != "h1" for case in readers.keys() & {"a", "c"})


def test_it_begins_once(of: ServiceContext, plan: Path, home: Path) -> None:
    """Asked again, there is no step to record, and the draw is the one that was kept."""
    found = begun(of, home, plan)
    again = begun(of, home, plan, remembered=after(found), seed="another")
    assert again.step is None
    assert again.drawn is not None
    assert found.drawn is not None
    assert again.drawn.draw_id == found.drawn.draw_id


@pytest.mark.parametrize("name", ["check_folder", "write_reviewers", "verified_reviewers"])
def test_who_was_stopped_finishes_when_run_again(
    of: ServiceContext, plan: Path, home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while copying, while writing the draw, or before the record."""

    class Stopped(BaseException):
        """The process was killed."""

    def stop(*_given: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(beginning, name, stop)
        with pytest.raises(Stopped):
            begun(of, home, plan)
    found = begun(of, home, plan)
    assert found.step is not None
    assert check_reviewers(home / "reviewers" / found.plan_id, Reader()).differences == ()


def test_a_draw_that_was_kept_is_not_drawn_again(
    of: ServiceContext, plan: Path, home: Path
) -> None:
    """Who is stopped before the record cannot try another seed, or another table of reviewers."""
    found = begun(of, home, plan, seed="first try")
    assert found.drawn is not None
    others = context(**CHANGES | {"reviewers": "reviewer\nr9"})
    again = begun(others, home, plan, seed="second try")
    assert again.step == found.step
    assert again.drawn is not None
    assert again.drawn.parameters.seed == "first try"


def test_of_two_who_begin_at_once_the_first_draw_counts(
    of: ServiceContext, plan: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose folder is in its place later finds the other's, and records that."""
    write = beginning.write_reviewers

    def after_the_other(*given: Any) -> object:
        monkeypatch.setattr(beginning, "write_reviewers", write)
        begun(of, home, plan, seed="the other's")
        return write(*given)

    monkeypatch.setattr(beginning, "write_reviewers", after_the_other)
    found = begun(of, home, plan, seed="ours")
    assert found.step is not None
    assert found.step.seed == "the other's"
    assert [path.name for path in (home / "reviewers").iterdir()] == [found.plan_id]


def test_what_is_kept_is_what_was_recorded(of: ServiceContext, plan: Path, home: Path) -> None:
    """A draw that somebody put in its place, sound in itself, is refused."""
    found = begun(of, home, plan)
    shutil.rmtree(home / "reviewers")
    begun(of, home, plan, seed="another")
    with pytest.raises(Refused, match="is not what was recorded"):
        begun(of, home, plan, remembered=after(found))


def test_without_a_seed_that_of_the_plan_draws(of: ServiceContext, plan: Path, home: Path) -> None:
    """So there is none to choose."""
    found = begun(of, home, plan)
    assert found.step is not None
    assert found.step.seed == "s"


def test_without_a_reviewer_table_nobody_is_drawn(tmp_path: Path, home: Path) -> None:
    """The plan is under way all the same."""
    of = context()
    found = begun(of, home, planned(of, tmp_path / "plan"))
    assert found.drawn is None
    assert found.step is not None
    assert (found.step.readings, found.step.draw) == ((), "")
    assert not (home / "reviewers").exists()


def test_open_readings_of_earlier_plans_count(of: ServiceContext, plan: Path, home: Path) -> None:
    """Who has as many cases to review as allowed gets none; what is reviewed does not count."""
    now = datetime.now(UTC)
    earlier = [
        Taken(Assigned(plan="p", case_id=case, reading="first", reviewer=who), number, now, None)
        for number, (case, who) in enumerate([("e", "r2"), ("d", "r3"), ("c", "r1")])
    ]
    found = begun(of, home, plan, remembered=Remembered(work=Work().after(earlier)))
    assert found.drawn is not None
    assert dict(found.drawn.reviewers.select("reviewer", "open_cases").iter_rows()) == {
        "h1": 0,
        "r1": 0,
        "r2": 1,
        "r3": 1,
    }
    assert "r2" not in {one.reviewer for one in found.drawn.given}


def test_recusals_of_reviewers_hold(of: ServiceContext, plan: Path, home: Path) -> None:
    """Those of handlers are no part of the draw."""
    recusals = pl.concat(
        [
            of.tables.recusal_rows,
            pl.DataFrame({"handler": ["r1"], "case_id": ["b"]}, schema_overrides={}),
        ],
        how="diagonal",
    )
    tables: Tables = of.tables.with_table("recusals", recusals)
    found = begin(tables, of.remembered, home, plan, "en")
    assert found.drawn is not None
    assert found.drawn.recusals["handler"].to_list() == ["r1"]
    excluded = found.drawn.draws["first"].excluded
    assert excluded.filter(handler="r1", case_id="b")["reason"].to_list() == ["recused_case"]


def test_plans_that_do_not_begin(of: ServiceContext, plan: Path, home: Path) -> None:
    """One that was altered, one of another office, one whose cases are not there, one of old."""
    other = context(**CHANGES | {"office": {"name": {"en": "Another"}}})
    with pytest.raises(Refused, match="of another office"):
        begun(other, home, plan)
    gone = of.tables.with_rows(cases=of.tables.case_rows.filter(pl.col("case_id") != "d"))
    with pytest.raises(Refused, match="Case d of the plan is not in the case table any more"):
        begin(gone, of.remembered, home, plan, "en")
    (plan / "plan.csv").write_text("case_id\n", "utf-8")
    with pytest.raises(Refused, match="The reviews do not begin"):
        begun(of, home, plan)
    (plan / "manifest.json").unlink()
    with pytest.raises((Refused, BadInput)):
        begun(of, home, plan)
    assert not home.exists()


def test_another_plan_in_its_place_is_refused(of: ServiceContext, plan: Path, home: Path) -> None:
    """What is kept under the plan's id has the manifest of the plan that begins."""
    found = begun(of, home, plan)
    other = planned(of, plan.parent / "other", seed="t")
    shutil.rmtree(home / "plans" / found.plan_id)
    shutil.copytree(other, home / "plans" / found.plan_id)
    with pytest.raises(Refused, match="hash was published"):
        begun(of, home, plan)


@pytest.mark.parametrize("name", sorted(set(FILES) - {"recusals.parquet"}))
def test_verifying_finds_whatever_was_changed(
    of: ServiceContext, plan: Path, home: Path, name: str
) -> None:
    """Also where the manifest was renewed; the hash of the seed is compared with that published."""
    found = begun(of, home, plan)
    folder = home / "reviewers" / found.plan_id
    assert check_reviewers(folder, Reader(commitment=commitment("s"))).differences == ()
    assert check_reviewers(folder, Reader(commitment="0" * 64)).differences
    path = folder / name
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        frame.tail(frame.height - 1).write_parquet(path)
    else:
        text = path.read_text("utf-8")
        path.write_text(text.replace("r3", "r9").replace('"s"', '"t"'), "utf-8")
    assert check_reviewers(folder, Reader()).differences
    with_manifest(folder, home / "renewed")
    assert check_reviewers(home / "renewed", Reader()).differences


def test_both_draws_have_seeds_of_their_own() -> None:
    """No ticket of a first reading is one of a second, or of the same case in another plan."""
    now = datetime(2026, 1, 1)
    of_plans = [draw.ReviewerParameters(plan=plan, as_of=now, seed="s") for plan in "pq"]
    seeds = {one.of_reading(reading).seed for one in of_plans for reading in draw.READINGS}
    assert len(seeds) == 4
