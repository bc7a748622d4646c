"""The demo's week of new cases, the work that is written down, and overridden tracks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo import simulate
from cases.demo.clock import END, in_hours
from cases.demo.files import truth_table
from cases.demo.staffing import OVERRIDES, RIGHT_SHARE, draw_overrides
from cases.tables.tables import Tables
from features.catalogue import catalogue


def test_a_week_of_new_cases_follows_the_tables(folder: Path, tables: Tables) -> None:
    """The new cases come in on the working days after the tables were taken, under new ids."""
    week = pl.read_csv(folder / "intake.csv", try_parse_dates=True)
    known = tables.case_rows["case_id"].implode()
    assert not week["case_id"].is_in(known).any()
    assert week["opened_at"].is_between(END, END + timedelta(days=7)).all()
    assert week["opened_at"].dt.weekday().max() <= 5
    intake = [name for name, fact in tables.office.attributes.items() if fact.known == "intake"]
    assert set(intake) <= set(week.columns)
    assert week["parties"].str.contains(r"^X\d{4}(;X\d{4})*$").all()


def test_worked_days_are_the_effort_as_written_down(folder: Path, tables: Tables) -> None:
    """Closed cases carry the days worked, close to the true effort; open ones do not."""
    truth = pl.read_parquet(folder / "truth.parquet")
    cases = tables.case_rows.join(truth, on="case_id")
    recorded = cases["worked_days"].is_not_null()
    assert (recorded == cases["closed_at"].is_not_null()).all()
    ratio = (cases.filter(recorded)["worked_days"] / cases.filter(recorded)["effort_days"]).log()
    assert abs(ratio.mean() or 0) < 0.05
    assert "attribute.worked_days" not in catalogue(tables.office)


def test_changed_tracks_are_right_more_often_than_not() -> None:
    """Half the cases prove complex; the decision is right with the probability stated."""
    whole, _ = simulate(np.random.default_rng(2), 5_000)
    cases = pl.concat([whole] * 4).with_columns(truth_table(pl.concat([whole] * 4))["complex"])
    parts = [draw_overrides(np.random.default_rng(seed), cases) for seed in range(20)]
    made = pl.concat(parts).join(cases.unique("case_id"), on="case_id")
    assert [part.height for part in parts] == [OVERRIDES] * 20
    assert (made["at"] >= pl.Series(in_hours(made["opened"].to_numpy()))).all()
    assert (made["suggested"] != made["decided"]).all()
    assert abs(made["complex"].mean() - 0.5) < 0.05
    right = (made["decided"] == "complex") == made["complex"]
    assert abs(right.mean() - RIGHT_SHARE) < 0.04
