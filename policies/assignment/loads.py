"""What an assignment does to the load of each handler."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from policies.assignment.result import CHANCES


def loaded(
    handlers: pl.DataFrame, cases: pl.DataFrame, given: Mapping[str, str | None]
) -> pl.DataFrame:
    """The handlers with the load and the open cases of what is `given` to them as well."""
    more = _sums(cases, certain(given))
    return (
        handlers.join(more, on="handler", how="left", maintain_order="left")
        .with_columns(
            pl.col("load") + pl.col("more").fill_null(0.0),
            pl.col("open_cases") + pl.col("many").fill_null(0.0).cast(pl.Int64),
        )
        .drop("more", "many")
    )


def loads_of(
    handlers: pl.DataFrame,
    cases: pl.DataFrame,
    given: Mapping[str, str | None],
    chances: pl.DataFrame,
) -> pl.DataFrame:
    """Each handler's load before, on average over all draws, and after this one (`LOADS`)."""
    expected = _sums(cases, chances).select("handler", expected="more")
    after = _sums(cases, certain(given)).rename({"more": "after"})
    joined = handlers.join(expected, on="handler", how="left").join(after, on="handler", how="left")
    many = pl.col("many").fill_null(0.0).cast(pl.Int64)
    return joined.sort("handler").select(
        "handler",
        "capacity",
        before="load",
        expected=pl.col("load") + pl.col("expected").fill_null(0.0),
        after=pl.col("load") + pl.col("after").fill_null(0.0),
        open_before="open_cases",
        open_after=pl.col("open_cases") + many,
    )


def certain(given: Mapping[str, str | None]) -> pl.DataFrame:
    """What is given, in the columns of `CHANCES`."""
    pairs = {"case_id": list(given), "handler": list(given.values())}
    return pl.DataFrame(pairs | {"group": None, "probability": 1.0}, schema=CHANCES)


def _sums(cases: pl.DataFrame, chances: pl.DataFrame) -> pl.DataFrame:
    """`handler, more` and `many`: the effort and the number of cases each is to expect."""
    joined = chances.drop_nulls("handler").join(cases.select("case_id", "effort"), on="case_id")
    return joined.group_by("handler").agg(
        more=(pl.col("probability") * pl.col("effort")).sum(), many=pl.col("probability").sum()
    )
