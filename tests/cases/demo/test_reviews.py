"""The demo's reviews: which cases, by whom, with which grades and dimensions."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import polars as pl

from cases.demo import simulate
from cases.demo.clock import END, START
from cases.demo.draws import total
from cases.demo.people import draw_severity
from cases.demo.reviews.dimensions import DIMENSIONS, NAMED, with_dimensions
from cases.demo.reviews.drawn import (
    GRADES,
    NEW_RULES,
    NEWS,
    STEPS,
    draw_reviews,
    realise,
    realise_again,
)
from cases.demo.reviews.of_plan import draw_lean, graded
from cases.tables.tables import Tables
from features.as_of import closing_moments
from features.build import known_at
from policies.rulebook import mandatory

col = pl.col


def test_reviews_follow_closing_and_leave_the_latest_cases_out(tables: Tables) -> None:
    """Reviews come at least a week after closing, one per case but for double reviews."""
    both = tables.review_rows.join(tables.case_rows, on="case_id")
    assert both.filter(col("kind") != "double")["case_id"].is_unique().all()
    assert (both["reviewed_at"] - both["closed_at"]).dt.total_days().min() >= 5


def test_a_double_review_is_a_second_reading_of_a_reviewed_case(tables: Tables) -> None:
    """Another reviewer grades the case later; the chance that it was chosen stays the same."""
    double = tables.review_rows.filter(col("kind") == "double")
    first = tables.review_rows.filter(col("kind") != "double")
    both = double.join(first, on="case_id", suffix="_first")
    assert both.height == double.height == double["case_id"].n_unique()
    assert (both["reviewer"] != both["reviewer_first"]).all()
    assert (both["reviewed_at"] > both["reviewed_at_first"]).all()
    chance = col("inclusion_probability")
    assert both.select(chance.eq_missing(col("inclusion_probability_first")).all()).item()


def test_readings_are_told_apart(tables: Tables) -> None:
    """A double review is a second reading; the office had no risk to show."""
    reviews = tables.review_rows
    second = reviews.filter(col("kind") == "double")
    assert set(second["reading"]) == {"second"}
    assert set(reviews.filter(col("kind") != "double")["reading"]) == {"first"}
    assert set(reviews["risk_shown"]) == {False}
    assert tables.checks.collect().get_column("reading").is_null().all()


def test_reviewers_move_to_a_risk_that_is_shown() -> None:
    """By their lean of the way, on the scale of log-odds; not at all where it is hidden."""
    lean = draw_lean(np.random.default_rng(1))
    assert 0.15 < lean.mean() < 0.45
    people = pl.DataFrame({"reviewer": ["R1"], "severity": [0.5], "lean": [0.25]})
    asked = pl.DataFrame(
        {
            "badness": [0.1, 0.1, -0.9, -0.9],
            "reviewer": ["R1"] * 4,
            "risk": [0.1, 0.1, 0.9, 0.9],
            "risk_shown": [False, True, False, True],
        }
    )
    # Seen are 0.6 and -0.4; a quarter of the way to -2.2 and 2.2 are -0.1 and 0.25.
    assert graded(asked, people).to_list() == [
        "basically_qualified",
        "qualified",
        "qualified",
        "basically_qualified",
    ]


def test_grades_stand_in_the_code_of_their_day(tables: Tables) -> None:
    """The old code of a grade ends the day before the new rules, where the present one begins."""
    by_grade = {grade: part for (grade,), part in tables.review_rows.group_by("grade")}
    assert by_grade["flawed"]["reviewed_at"].max() < NEW_RULES
    assert by_grade["basically_qualified"]["reviewed_at"].min() >= NEW_RULES


def test_only_defective_reviews_name_dimensions(tables: Tables) -> None:
    """One to three declared dimensions stand where a defect was found, and none elsewhere."""
    reviews = tables.review_rows
    assert tables.office.reviews is not None
    assert list(tables.office.reviews.dimensions) == list(DIMENSIONS)
    bad = reviews["grade"].is_in(tables.office.defect_grades)
    assert (reviews["dimensions"].is_not_null() == bad).all()
    named = reviews["dimensions"].drop_nulls().str.split(";")
    assert set(named.explode()) == set(DIMENSIONS)
    assert set(named.list.len()) == set(range(1, len(NAMED) + 1))
    assert (named.list.n_unique() == named.list.len()).all()


def test_what_moves_a_dimension() -> None:
    """Each dimension is named in the share that its weights foresee, and causes move it."""
    whole, _ = simulate(np.random.default_rng(3), 20_000)
    reviews = whole.select("case_id", grade=pl.lit("unqualified"))
    found = with_dimensions(np.random.default_rng(4), reviews, whole)
    named = found["dimensions"].str.split(";")
    weight = np.exp(whole.select(**{n: total(t) for n, t in DIMENSIONS.items()}).to_numpy())
    alone = (named.list.len() == 1).to_numpy()
    for number, name in enumerate(DIMENSIONS):
        holds = named.list.contains(name).to_numpy()
        expected_share = (weight[:, number] / weight.sum(axis=1))[alone]
        assert abs(holds[alone].mean() - expected_share.mean()) < 0.02
    shares = named.list.len().value_counts(normalize=True).sort("dimensions")["proportion"]
    assert np.abs(shares.to_numpy() - NAMED).max() < 0.02
    evidence, returned = named.list.contains("evidence"), whole["returns"] > 0
    assert evidence.filter(returned).mean() > evidence.filter(~returned).mean() + 0.15


def test_inclusion_probability_by_kind(tables: Tables) -> None:
    """Certain for key reviews, unknown for special ones, that of the draw for random ones."""
    by_kind = {
        kind: set(group["inclusion_probability"])
        for (kind,), group in tables.review_rows.group_by("kind")
    }
    assert by_kind["key"] == {1.0}
    assert by_kind["special"] == {None}
    assert by_kind["random"] == {0.12, 0.15, 0.20}


def test_key_reviews_are_what_the_rules_demand(tables: Tables) -> None:
    """Every key review is of a case that a rule of the office file puts on the list."""
    moments = closing_moments(tables, after=None, until=END).with_columns(moment=nw.lit(END))
    demanded = set(mandatory(known_at(tables, moments))["case_id"])
    key = set(tables.review_rows.filter(col("kind") == "key")["case_id"])
    assert key
    assert key <= demanded


def test_mandatory_cases_of_the_past_were_reviewed(tables: Tables) -> None:
    """Cases closed before 2026 that a rule could tell at closing have all been reviewed."""
    closed = closing_moments(tables, after=None, until=START.replace(year=2026))
    demanded = set(mandatory(known_at(tables, closed))["case_id"])
    assert demanded <= set(tables.review_rows["case_id"])


def test_every_rule_and_outcome_occurs() -> None:
    """In 20,000 cases every rare key event happens, and stays rare."""
    whole, _ = simulate(np.random.default_rng(2026), 20_000)
    for name in ("withdrawn_indictment", "acquitted"):
        assert 0 < (whole["ending"] == name).sum() < 100
    for name in (*NEWS, "protest_withdrawn"):
        assert 0 < whole[name].count() < 300


def test_severity_shifts_grades_and_nothing_else() -> None:
    """Severer reviewers give worse grades to the same cases, whose badness is unchanged."""
    whole, _ = simulate(np.random.default_rng(3), 5_000)
    badness = realise(np.random.default_rng(4), whole["log_odds"].to_numpy())
    kept = badness.copy()
    mild, severe = (
        draw_reviews(np.random.default_rng(5), whole, badness, np.full(12, shift))
        for shift in (-1.0, 1.0)
    )
    rank = {grade: number for number, grade in enumerate(GRADES)}
    gap = severe["grade"].replace_strict(rank) - mild["grade"].replace_strict(rank)
    assert mild.drop("grade").equals(severe.drop("grade"))
    assert gap.min() >= 0
    assert gap.max() > 0
    assert np.array_equal(badness, kept)


def test_a_just_reviewer_finds_exactly_the_defects() -> None:
    """Without severity, a defect grade is given where the case really is bad."""
    whole, _ = simulate(np.random.default_rng(3), 5_000)
    badness = realise(np.random.default_rng(4), whole["log_odds"].to_numpy())
    reviews = draw_reviews(np.random.default_rng(5), whole, badness, np.zeros(12))
    bad = whole.select("case_id", bad=pl.Series(badness > 0)).join(reviews, on="case_id")
    assert STEPS[1] == 0
    assert bad.filter(col("bad") != col("grade").is_in(GRADES[2:])).is_empty()


def test_reviewers_differ() -> None:
    """Severities spread around a mean of zero."""
    severity = draw_severity(np.random.default_rng(1))
    assert abs(severity.mean()) < 1e-12
    assert severity.std() > 0.2


def test_another_reading_is_alike_and_as_often_bad() -> None:
    """A second reading has the probability of the log-odds too, and agrees more than by chance."""
    rng, log_odds = np.random.default_rng(1), np.full(20_000, -1.0)
    first = realise(rng, log_odds)
    again = realise_again(rng, log_odds, first)
    assert abs((again > 0).mean() - 1 / (1 + np.e)) < 0.01
    assert 0.75 < np.corrcoef(first, again)[0, 1] < 0.85
