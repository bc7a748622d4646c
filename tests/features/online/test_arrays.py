"""What Narwhals asks of NumPy columns gives what it gives on Polars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cases.tables.cells.arrays import Column, Rows
from cases.tables.tables import Frame, rows
from features.online.arrays.frames import Run, source

DAY = datetime(2024, 2, 29)
TABLE = pl.DataFrame(
    {
        "row": [2, 0, 1, 0, 0, 1],
        "number": [1.5, None, -3.0, 0.0, 2.0, None],
        "flag": [True, None, False, True, None, False],
        "other": [None, None, True, False, True, False],
        "text": ["a", None, "b", "a", "ü", None],
        "at": [
            DAY,
            None,
            datetime(1969, 7, 20, 20, 17, 40, 5),
            DAY,
            datetime(2024, 12, 31, 23, 59),
            DAY,
        ],
        "order": [3, 1, 2, 0, 5, 4],
    },
    schema_overrides={"at": pl.Datetime("us")},
)
NAMES = pl.DataFrame({"text": ["a", "a", None, "c"], "name": ["one", "two", "none", "three"]})
TEXT, NUMBER, FLAG, OTHER, AT = (nw.col(n) for n in ("text", "number", "flag", "other", "at"))
SINCE = AT - nw.lit(datetime(2024, 1, 1))

EXPRESSIONS = {
    "sum": NUMBER + 1,
    "reversed difference": 1 - NUMBER,
    "product": NUMBER * NUMBER,
    "quotient": 1 / (NUMBER + 4),
    "negative": -NUMBER,
    "whole": nw.col("row") / 2,
    "logarithm": (NUMBER + 4).log(2),
    "angle": NUMBER.sin() + NUMBER.cos(),
    "remainder": NUMBER % 2,
    "whole quotient": NUMBER // 2,
    "power": NUMBER**2,
    "root": (NUMBER + 4).sqrt(),
    "size": NUMBER.abs(),
    "exponential": NUMBER.exp(),
    "at most": NUMBER.clip(upper_bound=1.0),
    "at least": NUMBER.clip(lower_bound=0.0),
    "comparison": NUMBER >= 0,
    "equal texts": TEXT == "a",
    "other texts": TEXT != "a",
    "one of": TEXT.is_in(["a", "b"]),
    "one of numbers": NUMBER.is_in([1.5, 2]),
    "and": FLAG & OTHER,
    "or": FLAG | OTHER,
    "not": ~FLAG,
    "and known": FLAG & nw.lit(True),
    "null": TEXT.is_null(),
    "filled": NUMBER.fill_null(7.0),
    "when": nw.when(FLAG).then(NUMBER),
    "when not": nw.when(FLAG).then(NUMBER).otherwise(OTHER.cast(nw.Float64())),
    "first known": nw.coalesce(NUMBER, FLAG.cast(nw.Float64())),
    "largest": nw.max_horizontal("number", "order"),
    "smallest": nw.min_horizontal("number", "order"),
    "any": nw.any_horizontal("flag", "other", ignore_nulls=False),
    "later": AT + timedelta(days=1, microseconds=-1),
    "day": AT.dt.truncate("1d"),
    "month": AT.dt.truncate("1mo"),
    "seconds": SINCE.dt.total_seconds(),
    "microseconds": SINCE.dt.total_microseconds(),
    "hour": AT.dt.hour(),
    "minute": AT.dt.minute(),
    "year": AT.dt.year(),
    "weekday": AT.dt.weekday(),
    "number of the month": AT.dt.month(),
    "day of the month": AT.dt.day(),
    "literal": nw.lit("x"),
    "before": NUMBER.shift(1).over("row", order_by=["order"]),
    "text before": TEXT.shift(1).over("row", order_by=["order"]),
    "count so far": NUMBER.cum_count().over("row", order_by=["order"]),
}
Step = Callable[[Frame, Frame], Frame]
STEPS: dict[str, Step] = {
    "filter": lambda table, _names: table.filter(FLAG, NUMBER > 0),
    "known": lambda table, _names: table.drop_nulls(["number", "text"]),
    "inner join": lambda table, names: table.join(names, on="text"),
    "left join": lambda table, names: table.join(names, on="text", how="left"),
    "join by two": lambda table, _names: table.join(
        table.select("row", "order", again="number"), on=["row", "order"], how="left"
    ),
    "groups": lambda table, _names: table.group_by("row").agg(
        NUMBER.sum().alias("sum"),
        AT.min().alias("first"),
        AT.max().alias("last"),
        NUMBER.max().alias("most"),
        nw.len().alias("rows"),
    ),
    "groups of texts": lambda table, _names: table.group_by("text", "at").agg(NUMBER.sum()),
    "unique": lambda table, _names: table.select("text").unique(),
    "other names": lambda table, _names: table.rename({"text": "was", "at": "text"}).drop("was"),
}


def on_arrays(step: Step) -> pl.DataFrame:
    """What the step gives on NumPy columns."""
    table, traced = source(TABLE.columns)
    names, of_names = source(NAMES.columns)
    run = Run({table: partial(Rows.of, TABLE), names: partial(Rows.of, NAMES)})
    return run.rows(step(traced, of_names).to_native()).frame()


def assert_same(step: Step) -> None:
    """The same rows, in any order, numbers of whatever type."""
    frames = [nw.from_native(frame.lazy()) for frame in (TABLE, NAMES)]
    expected, found = rows(step(*frames)), on_arrays(step)
    order = expected.columns
    assert_frame_equal(
        found.select(order).sort(order),
        expected.sort(order),
        check_dtypes=False,
        check_row_order=True,
    )


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_gives_what_it_gives_on_polars(name: str) -> None:
    """Null where it is null, and the same value elsewhere."""
    assert_same(lambda table, _names: table.select("order", result=EXPRESSIONS[name]))


@pytest.mark.parametrize(
    "expression", [NUMBER / 86_400_000_000, NUMBER / nw.col("row"), nw.col("row") / 7, 1 / NUMBER]
)
def test_a_quotient_is_to_the_last_bit_that_of_polars(expression: nw.Expr) -> None:
    """So that a frame has the same hash whether its features were looked up or swept."""
    numbers = np.random.default_rng(0).integers(1, 10**15, 1000).astype(float)
    table = pl.DataFrame({"number": numbers, "row": numbers[::-1]})
    plan, traced = source(table.columns)
    run = Run({plan: partial(Rows.of, table)})
    found = run.rows(traced.select(result=expression).to_native()).frame()
    expected = rows(nw.from_native(table.lazy()).select(result=expression))
    assert found["result"].to_list() == expected["result"].to_list()


@pytest.mark.parametrize("name", STEPS)
def test_a_step_gives_what_it_gives_on_polars(name: str) -> None:
    """The same rows and columns."""
    assert_same(STEPS[name])


@pytest.mark.parametrize(
    "step",
    [
        lambda table, _names: table.with_columns(NUMBER.shift(2).over("row", order_by=["order"])),
        lambda table, _names: table.with_columns(NUMBER.rank()),
        lambda table, _names: table.unique(["text"]),
        lambda table, names: table.join(names, on="text", how="anti"),
    ],
)
def test_what_is_not_supported_fails_when_it_is_traced(step: Step) -> None:
    """Never silently something else."""
    with pytest.raises((NotImplementedError, AttributeError, KeyError)):
        on_arrays(step)


def test_a_source_has_to_be_given() -> None:
    """A plan that is run without its rows says so."""
    _plan, frame = source(["number"])
    with pytest.raises(LookupError):
        Run({}).rows(frame.to_native())
    with pytest.raises(LookupError):
        rows(frame)


@pytest.mark.parametrize("column", TABLE.columns)
def test_a_column_is_read_and_written_without_loss(column: str) -> None:
    """Null stays null, whatever the type."""
    series: Any = TABLE[column]
    assert Column.of(series).series(column).to_list() == series.to_list()
