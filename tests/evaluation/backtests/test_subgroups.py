"""Figures by group, worked out again row by row, and differences that chance does not explain."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import polars as pl
import pytest

from cases.language.messages import say
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.backtests.group_rates import NAMES
from evaluation.backtests.subgroups import Fairness, fairness
from evaluation.report.chapters.fairness import chapter
from evaluation.report.summary import ReportSummary
from evaluation.statistics.saying import TARGETED_ONLY
from tests.factories.raw import Row, cases_by_id, first_reviews

UNTIL = datetime(2024, 12, 31)


def named(tables: Tables, *groups: str) -> Tables:
    """The same tables of an office that reports fairness by `groups`."""
    office = tables.office.model_copy(update={"fairness": groups})
    return Tables.of(office, tables.case_rows, events=tables.event_rows, reviews=tables.review_rows)


@pytest.fixture(scope="module")
def found(tables: Tables, tested: Backtest) -> Fairness:
    """The small office's comparison by charge and appeal."""
    comparison = fairness(named(tables, "charge", "appealed"), tested, UNTIL)
    assert comparison is not None
    return comparison


@pytest.fixture(scope="module")
def rows(tables: Tables, tested: Backtest) -> list[Row]:
    """Every scored case with its facts, its review and its part of a place on the list."""
    assert tested.risk is not None
    cases, reviews = cases_by_id(tables), first_reviews(tables, UNTIL)
    scored = tested.risk.scores.select("case_id", "moment", p=MODEL).to_dicts()
    joined = [reviews[row["case_id"]] | cases[row["case_id"]] | row for row in scored]
    for month in {row["moment"].month for row in joined}:
        own = sorted(
            (row for row in joined if row["moment"].month == month), key=lambda row: -row["p"]
        )
        room = tested.share * len(own)
        for row in own:
            row["listed"] = min(1.0, max(0.0, room))
            room -= 1
    return joined


def mean(values: list[float]) -> float:
    """The plain mean."""
    return sum(values) / len(values)


def test_groups_by_hand(found: Fairness, rows: list[Row]) -> None:
    """Every figure of every group equals that counted row by row."""
    charges = found.groupings[0]
    assert [one.name.say("en") for one in charges.groups] == ["assault", "fraud", "theft"]
    assert (found.cases, found.surveyed) == (len(rows), True)
    all_listed = sum(row["listed"] * row["y"] for row in rows)
    for one in charges.groups:
        own = [row for row in rows if row["charge"] == one.name.say("en")]
        assert one.cases == len(own)
        by_hand = {
            "selection_rate": mean([row["listed"] for row in own]),
            "true_positive_rate": mean([row["listed"] for row in own if row["y"]]),
            "false_positive_rate": mean([row["listed"] for row in own if not row["y"]]),
            "calibration": sum(row["y"] for row in own) / sum(row["p"] for row in own),
            "detection_share": sum(row["listed"] * row["y"] for row in own) / all_listed,
            "defect_share": sum(row["y"] for row in own) / sum(row["y"] for row in rows),
        }
        for name, value in by_hand.items():
            assert getattr(one, name).value == pytest.approx(value), name


def test_flags_are_named(found: Fairness) -> None:
    """A flag's groups are no and yes, in both languages."""
    names = [(one.name.say("en"), one.name.say("zh")) for one in found.groupings[1].groups]
    assert names == [("no", "否"), ("yes", "是")]


def test_every_pair_of_groups_is_counted(found: Fairness) -> None:
    """Three charges are three pairs, appeal is one more, each by four measures."""
    assert found.comparisons == (3 + 1) * len(NAMES)
    assert all(len(one.differences) == len(NAMES) for one in found.groupings)


def test_targeted_reviews_are_named(tables: Tables, tested: Backtest) -> None:
    """Without known chances the comparison is called biased, in both languages."""
    unknown = tables.review_rows.with_columns(inclusion_probability=pl.lit(None, pl.Float64))
    picked = Tables.of(
        tables.office.model_copy(update={"fairness": ("charge",)}),
        tables.case_rows,
        events=tables.event_rows,
        reviews=unknown,
    )
    found = fairness(picked, tested, UNTIL)
    assert found is not None
    assert not found.surveyed
    assert found.says.say("en").endswith(str(TARGETED_ONLY))
    assert found.says.say("zh").endswith("有偏差。")


def test_key_reviews_alone_are_named_biased(tables: Tables, tested: Backtest) -> None:
    """Reviews made for certain of some cases are targeted ones, although their chance is known."""
    certain = tables.review_rows.with_columns(inclusion_probability=pl.lit(1.0))
    office = tables.office.model_copy(update={"fairness": ("charge",)})
    key = Tables.of(office, tables.case_rows, events=tables.event_rows, reviews=certain)
    found = fairness(key, tested, UNTIL)
    assert found is not None
    assert not found.surveyed


@pytest.mark.parametrize(("drawn", "surveyed"), [(9, False), (10, True)])
def test_a_few_drawn_reviews_do_not_stand_for_all(
    tables: Tables, tested: Backtest, drawn: int, surveyed: bool
) -> None:
    """Ten drawn reviews are compared alone; with fewer all reviews are, and called biased."""
    assert tested.risk is not None
    few = tested.risk.scores["case_id"].head(drawn).implode()
    chance = pl.when(pl.col("case_id").is_in(few)).then("inclusion_probability")
    office = tables.office.model_copy(update={"fairness": ("charge",)})
    reviews = tables.review_rows.with_columns(chance)
    mixed = Tables.of(office, tables.case_rows, events=tables.event_rows, reviews=reviews)
    found = fairness(mixed, tested, UNTIL)
    assert found is not None
    assert found.surveyed == surveyed
    assert found.cases == (drawn if surveyed else tested.risk.scores.height)
    assert found.says.say("en").endswith("biased.") != surveyed


def test_nothing_to_compare(tables: Tables, tested: Backtest) -> None:
    """An office that names no groups, or has no scores, gets no comparison."""
    assert fairness(tables, tested, UNTIL) is None
    nothing = dataclasses.replace(tested, risk=None)
    assert fairness(named(tables, "charge"), nothing, UNTIL) is None
    alone = fairness(named(tables, "unit"), tested, datetime(2024, 12, 31))
    assert alone is not None
    assert [one.name.say("en") for one in alone.groupings[0].groups] == ["first", "second"]


def test_units_are_not_ranked(tables: Tables, tested: Backtest, summary: ReportSummary) -> None:
    """Units have figures in order of name; no unit is said to be over another, none is counted."""
    found = fairness(named(tables, "unit", "charge"), tested, UNTIL)
    assert found is not None
    units, charges = found.groupings
    assert [one.name.say("en") for one in units.groups] == ["first", "second"]
    assert units.groups[0].selection_rate.value is not None
    assert units.differences == ()
    assert charges.differences
    assert found.comparisons == 3 * len(NAMES)
    shown = chapter(dataclasses.replace(summary, fairness=found)).exhibits[0]
    assert say(shown.says, "en") == "They stand in order of name and are not ranked."
