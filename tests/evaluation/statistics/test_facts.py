"""Attributes cut into levels, by hand."""

from __future__ import annotations

import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.tables.tables import case_columns
from evaluation.statistics.facts import MOST_LEVELS, fact
from tests.factories.office import office, rows

CASES = """
case_id | opened_at  | closed_at  | kind | suspects | charge | appealed
a       | 2024-01-01 | 2024-01-03 | x    | 1        | theft  | true
b       | 2024-01-01 | 2024-01-11 | x    | 1        | theft  | false
c       | 2024-01-01 | 2024-01-03 | y    | 2        | fraud  | -
d       | 2024-01-01 | 2024-01-03 | y    | 9        | -      | true
e       | 2024-01-01 | 2024-01-03 | y    | -        | theft  | true
"""


@pytest.mark.parametrize(
    ("attribute", "levels", "level"),
    [
        ("kind", ["x", "y"], [0, 0, 1, 1, 1]),
        ("suspects", ["1", "2", "9"], [0, 0, 1, 2, -1]),
        ("charge", ["fraud", "theft"], [1, 1, 0, -1, 1]),
        ("appealed", ["no", "yes"], [1, 0, -1, 1, 1]),
        ("days_open", ["2", "10"], [0, 1, 0, 0, 0]),
        ("unit", [], [-1] * 5),
    ],
)
def test_levels(attribute: str, levels: list[str], level: list[int]) -> None:
    """Codes by name, flags no before yes, numbers in parts, the unknown in none."""
    description = office()
    found = fact(description, rows(CASES, case_columns(description)), attribute)
    assert [one.say("en") for one in found.levels] == levels
    assert found.level.tolist() == level
    assert found.meaning.say("zh")


def test_dates_by_year() -> None:
    """A date counts by its year."""
    description = office(
        attributes={"held_on": {"type": "date", "known": "intake", "meaning": {"en": "held on"}}}
    )
    cases = rows(
        """
        case_id | held_on
        a       | 2023-05-01
        b       | 2024-05-01
        """,
        case_columns(description),
    )
    assert [one.say("en") for one in fact(description, cases, "held_on").levels] == ["2023", "2024"]


def test_rare_codes_are_left_out() -> None:
    """Of a code with very many values the most frequent are told apart."""
    names = [f"c{i:02d}" for i in range(MOST_LEVELS + 5) for _ in range(30 - i)]
    schema = case_columns(office())
    cases = pl.DataFrame({"charge": names}).select(
        pl.lit(None, kind).alias(name) if name != "charge" else pl.col("charge")
        for name, kind in schema.items()
    )
    found = fact(office(), cases, "charge")
    assert [one.say("en") for one in found.levels] == [f"c{i:02d}" for i in range(MOST_LEVELS)]
    assert (found.level == -1).sum() == sum(30 - i for i in range(MOST_LEVELS, MOST_LEVELS + 5))


@given(values=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(0, 3)), max_size=50))
def test_numbers_of_any_kind(values: list[float | None]) -> None:
    """Every known number is in one of at most four parts that do not overlap."""
    cases = pl.DataFrame({"suspects": values}, schema={"suspects": pl.Float64})
    found = fact(office(), cases, "suspects")
    assert len(found.levels) <= 4
    for value, level in zip(values, found.level, strict=True):
        assert (level == -1) == (value is None)
    spans = [
        sorted(v for v, at in zip(values, found.level, strict=True) if v is not None and at == part)
        for part in range(len(found.levels))
    ]
    assert all(spans)
    for one, other in itertools.pairwise(spans):
        assert one[-1] < other[0]
