"""The demo's own checks: who makes them, when, and what lenient colleagues notice."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from cases.demo import simulate
from cases.demo.clock import END
from cases.demo.model import SELF_CHECK
from cases.demo.reviews.dimensions import DIMENSIONS
from cases.demo.reviews.own_checks import (
    FALSE_ALARM,
    IN_TIME,
    NOTICED,
    VERIFIED,
    draw_leniency,
    draw_own_checks,
)
from cases.tables.tables import Tables, rows
from features.as_of import check_column, closing_moments, cut
from training.labels import risk_labels

DOCUMENT = Path(__file__).parents[3] / "docs" / "demo_office.md"
col = pl.col


@pytest.fixture(scope="module")
def checks(tables: Tables) -> pl.DataFrame:
    """Every check of the demo office, with its case."""
    return rows(tables.checks).join(tables.case_rows, on="case_id", suffix="_of_case")


def test_every_case_since_the_start_is_checked(tables: Tables, checks: pl.DataFrame) -> None:
    """By a colleague of the unit; about three in ten are verified too, and none by the handler."""
    since = tables.case_rows.filter(col("closed_at") >= SELF_CHECK)
    check, verification = (checks.filter(kind=kind) for kind in ("check", "verification"))
    assert check["case_id"].is_unique().all()
    assert since.join(check, on="case_id", how="semi").height > 0.95 * since.height
    assert check.filter(col("closed_at") < SELF_CHECK).is_empty()
    assert abs(verification.height / check.height - VERIFIED) < 0.03
    assert (checks["reviewer"] != checks["handler"]).all()
    units = tables.handler_rows.select("handler", "unit")
    of_checker = check.join(units, left_on="reviewer", right_on="handler", suffix="_of_checker")
    assert (of_checker["unit"] == of_checker["unit_of_checker"]).all()
    assert check["inclusion_probability"].is_null().all()


def test_a_check_comes_before_the_filing(tables: Tables, checks: pl.DataFrame) -> None:
    """Four in five also come before the closing; some of cases that are still open."""
    check = checks.filter(kind="check")
    filed = tables.event_rows.filter(activity="archived").select("case_id", filed="recorded_at")
    both = check.join(filed, on="case_id")
    assert (both["reviewed_at"] <= both["filed"]).all()
    closed = check.drop_nulls("closed_at")
    assert abs((closed["reviewed_at"] <= closed["closed_at"]).mean() - IN_TIME) < 0.03
    assert (check["reviewed_at"] >= check["opened_at"]).all()


def test_checks_are_facts_once_recorded_and_never_labels(
    tables: Tables, checks: pl.DataFrame
) -> None:
    """At the closing a check counts if it was made by then; labels come from reviews alone."""
    moments = closing_moments(tables, after=SELF_CHECK, until=END)
    known = rows(nw.from_native(cut(tables, moments).cases.to_native())).join(
        checks.filter(kind="check").select("case_id", "reviewed_at"), on="case_id"
    )
    counted = known[check_column("self_check", "made")] == 1
    assert (counted == (known["reviewed_at"] <= known["moment"])).all()
    assert not counted.all()
    labels = risk_labels(tables, END)
    assert set(labels["case_id"]) <= set(tables.review_rows["case_id"])
    assert {"check", "verification"}.isdisjoint(tables.review_rows["kind"])


def test_colleagues_are_lenient() -> None:
    """Each kind of defect is noticed as often as stated, by the lenient less; few false alarms."""
    rng = np.random.default_rng(5)
    whole, handlers = simulate(rng, 20_000)
    alone = np.array(list(NOTICED))[rng.integers(0, len(NOTICED), whole.height)]
    bad = rng.random(whole.height) < 0.5
    cases = whole.with_columns(
        badness=pl.Series(np.where(bad, 1.0, -1.0)),
        dimensions=pl.Series(alone.tolist()),
        closed=pl.lit(600.0),
        archived=pl.lit(601.0),
    )
    leniency = draw_leniency(rng, handlers)
    usual, strict, lenient = (
        draw_own_checks(np.random.default_rng(6), cases, handlers, leniency * 0 + shift)
        .filter(kind="check")
        .join(cases.select("case_id", "badness", true="dimensions"), on="case_id")
        for shift in (0.0, -0.5, 0.5)
    )
    fails = col("grade") == "basically_qualified"
    shares = usual.filter(col("badness") > 0).group_by("true").agg(fails.mean()).rows()
    assert all(abs(share - NOTICED[name]) < 0.05 for name, share in shares)
    assert abs(usual.filter(col("badness") < 0).select(fails.mean()).item() - FALSE_ALARM) < 0.005
    found = [part.select(fails.mean()).item() for part in (strict, usual, lenient)]
    assert found == sorted(found, reverse=True)
    assert leniency.std() > 0.3
    assert abs(leniency.mean()) < 1e-12


def test_a_check_names_what_it_noticed(checks: pl.DataFrame) -> None:
    """Dimensions stand where a check failed the case, and nowhere else."""
    fails = checks["grade"].is_in(["flawed", "basically_qualified"])
    assert (checks["dimensions"].is_not_null() == fails).all()
    assert set(checks["dimensions"].drop_nulls().str.split(";").explode()) <= set(DIMENSIONS)


def test_the_document_prints_what_is_noticed() -> None:
    """docs/demo_office.md has the very chances."""
    lines = [f"| {name} | {chance:.0%} |" for name, chance in NOTICED.items()]
    assert list(NOTICED) == list(DIMENSIONS)
    assert "\n".join(["", *lines, "", ""]) in DOCUMENT.read_text(encoding="utf-8")
