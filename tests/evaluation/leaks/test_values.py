"""Tests of `evaluation/leaks/values.py`."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from cases.language.texts import Text
from cases.office.model import Attribute
from cases.tables.tables import Tables
from evaluation.leaks.findings import Finding
from evaluation.leaks.power import Trial, knowing_together, questions
from evaluation.leaks.values import standing_for_outcome
from tests.factories.small_office import small_office
from training.labels import risk_labels

UNTIL = datetime(2025, 6, 1)


@pytest.fixture(scope="module")
def clean() -> Tables:
    """Nine hundred cases, four in five reviewed."""
    return small_office(900)


def outcome(tables: Tables) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Of each case 1 for a defect, 0, or missing without a review."""
    labels = risk_labels(tables, UNTIL).select("case_id", pl.col("y").cast(pl.Float64))
    joined = tables.case_rows.join(labels, on="case_id", how="left", maintain_order="left")
    return joined["y"].to_numpy()


def with_columns(tables: Tables, kind: str, known: str, **columns: pl.Series) -> Tables:
    """The tables with more attributes."""
    new = {
        name: Attribute.model_validate({"type": kind, "known": known, "meaning": Text(en=name)})
        for name in columns
    }
    office = tables.office.model_copy(update={"attributes": tables.office.attributes | new})
    cases = tables.case_rows.with_columns(**columns)
    return Tables.of(office, cases, events=tables.event_rows, reviews=tables.review_rows)


def found_in(tables: Tables) -> list[Finding]:
    """What stands for the outcome of reviews."""
    risk = next(questions(tables, UNTIL))
    return list(standing_for_outcome(tables.case_rows, tables.office, risk))


def marked(
    tables: Tables, inside: float, outside: float
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """So many of the defects and of the other cases, at random."""
    shares = np.where(outcome(tables) == 1, inside, outside)
    return np.random.default_rng(5).random(shares.size) < shares


@pytest.mark.parametrize("known", ["intake", "closing"])
@pytest.mark.parametrize(
    ("kind", "special"), [("code", "UNKNOWN"), ("code", None), ("number", 0.0), ("number", 9_999.0)]
)
def test_a_special_value_that_stands_for_the_outcome_is_blatant(
    clean: Tables, kind: str, special: object, known: str
) -> None:
    """In a quarter of the defects and one in a hundred others; no case is open."""
    size = clean.case_rows.height
    rng = np.random.default_rng(6)
    honest = rng.choice(["p", "q", "r"], size) if kind == "code" else rng.integers(1, 99, size)
    plain = pl.Series(honest, dtype=pl.String if kind == "code" else pl.Float64)
    has = pl.Series(marked(clean, 0.30, 0.01))
    column = plain.zip_with(~has, pl.Series([special] * size, dtype=plain.dtype))
    (found,) = found_in(with_columns(clean, kind, known, planted=column))
    assert (found.column, found.severity) == ("planted", "blatant")
    name = "blank" if special is None else f"{special:g}" if kind == "number" else special
    assert f"The value “{name}” stands in" in found.evidence.say("en")


def test_an_amount_that_is_raised_with_the_outcome_is_found(clean: Tables) -> None:
    """A fee of 12.5, doubled in six of ten cases without a defect and one in a hundred others."""
    fee = np.where(marked(clean, 0.01, 0.6), 25.0, 12.5)
    (found,) = found_in(with_columns(clean, "number", "closing", fee=pl.Series(fee)))
    assert (found.column, found.severity) == ("fee", "suspicious")
    assert "The value “25” stands in" in found.evidence.say("en")


def test_an_honest_value_is_not_found(clean: Tables) -> None:
    """A word that doubles the odds, and a code that raises them sixfold."""
    unknown = np.where(marked(clean, 0.3, 0.18), "UNKNOWN", "p")
    code = np.where(marked(clean, 0.4, 0.1), "serious", "p")
    tables = with_columns(clean, "code", "intake", a=pl.Series(unknown), b=pl.Series(code))
    assert found_in(tables) == []


def test_parts_of_an_outcome_are_found_together(clean: Tables) -> None:
    """Six codes that one defect in ten has each, none of which is sure by itself."""
    y, rng = outcome(clean), np.random.default_rng(7)
    part = np.where(y == 1, rng.integers(0, 10, y.size), -1)
    names = [f"part_{number}" for number in range(6)]
    columns = {name: pl.Series(np.where(part == i, "x", "y")) for i, name in enumerate(names)}
    found = found_in(with_columns(clean, "code", "closing", **columns))
    assert [one.column for one in found] == names
    assert {one.severity for one in found} == {"blatant"}
    assert len({one.evidence.say("en") for one in found}) == 1


def test_parts_of_a_sum_rank_together(clean: Tables) -> None:
    """Four counts that are five or more together in every defect and in no other case."""
    y, rng = outcome(clean), np.random.default_rng(8)
    pool = rng.integers(0, 3, (40_000, 4))
    high, low = pool[pool.sum(1) >= 5], pool[pool.sum(1) < 5]
    counts = np.where((y == 1)[:, None], high[: y.size], low[: y.size]).astype(float)
    columns = {f"count_{number}": pl.Series(counts[:, number]) for number in range(4)}
    tables = with_columns(clean, "number", "closing", **columns)
    trial = Trial(tables, next(questions(tables, UNTIL)))
    assert max(area.value for area in trial.alone.values()) < 0.85
    found = list(knowing_together(tables, trial))
    assert {one.column for one in found} == set(columns)
    assert {one.severity for one in found} == {"blatant"}


def test_what_is_complex_by_definition_is_no_leak() -> None:
    """An attribute by which the office file calls cases complex stands for complexity, rightly."""
    complexity = {
        "meaning": {"en": "serious"},
        "any_of": [{"attribute": "charge", "equals": "fraud"}],
    }
    tables = small_office(400, complexity=complexity)
    asked = {question.name: question for question in questions(tables, UNTIL)}
    assert list(standing_for_outcome(tables.case_rows, tables.office, asked["complexity"])) == []
