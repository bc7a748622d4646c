"""Tests of which cases the leak finder compares, by small tables."""

from __future__ import annotations

from cases.tables.tables import CASES, Tables
from evaluation.leaks.pairs import CONTROLS, GROUP, as_long_open, comparable, of_their_time
from tests.factories.office import office, tables

TABLE = """
case_id | opened_at  | closed_at  | kind
open    | 2024-01-02 | -          | k
a       | 2024-01-03 | 2024-01-04 | k
b       | 2024-01-03 | 2024-01-13 | k
c       | 2024-01-03 | 2024-01-23 | k
d       | 2024-01-03 | 2024-02-02 | k
e       | 2024-01-03 | 2024-02-12 | k
f       | 2024-01-03 | 2024-02-22 | k
later   | 2024-04-03 | 2024-06-30 | k
other   | 2024-01-03 | 2024-06-30 | m
old     | 2022-01-03 | 2024-01-01 | k
"""


def made() -> Tables:
    """One open case, closed ones of its time, and some of another quarter or kind."""
    return tables(TABLE)


def test_open_cases_beside_the_slowest_of_their_time() -> None:
    """The five slowest of the same kind and opening quarter; a, the quickest, is left out."""
    pairs = of_their_time(comparable(made()))
    assert pairs.height == 1 + CONTROLS
    assert set(pairs["case_id"]) == {"open", "b", "c", "d", "e", "f"}
    assert pairs.filter(GROUP)["case_id"].to_list() == ["open"]


def test_open_cases_beside_those_that_were_open_as_long() -> None:
    """180 days: of the same kind only `old` lasted so long, though of another time."""
    pairs = as_long_open(comparable(made()))
    assert set(pairs["case_id"]) == {"open", "old"}


def test_without_open_cases_there_are_no_pairs() -> None:
    """Nor with no cases at all."""
    closed = made().case_rows.filter(~made().case_rows["closed_at"].is_null())
    for rows in (closed, closed.head(0)):
        some = comparable(Tables.of(office(), rows))
        assert of_their_time(some).is_empty()
        assert as_long_open(some).is_empty()
        assert set(CASES) <= set(as_long_open(some).columns)
