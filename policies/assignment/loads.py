"""What an assignment does to the load of each handler."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl


def loaded(
    handlers: pl.DataFrame, cases: pl.DataFrame, given: Mapping[str, str | None]
) -> pl.DataFrame:
    """The handlers with the load and the open cases of what is `given` to them as well."""
    if not given:
        return handlers
    more, many = _of_each(handlers, *_sums(cases, given))
    return handlers.with_columns(pl.col("load") + more, pl.col("open_cases") + many)


def loads_of(
    handlers: pl.DataFrame,
    cases: pl.DataFrame,
    designated: Mapping[str, str | None],
    drawn: Mapping[str, str | None],
    chances: pl.DataFrame,
) -> pl.DataFrame:
    """Each handler's load before, on average over all draws, and after this one (`LOADS`).

    In the order of `handlers`.
    """
    sure, _many = _sums(cases, designated)
    certain, expected, after, many = _of_each(
        handlers, sure, _expected(cases, chances), *_sums(cases, {**designated, **drawn})
    )
    load, open_cases = handlers["load"], handlers["open_cases"]
    return pl.DataFrame(
        {
            "handler": handlers["handler"],
            "capacity": handlers["capacity"],
            "before": load,
            "expected": load + certain + expected,
            "after": load + after,
            "open_before": open_cases,
            "open_after": open_cases + many,
        }
    )


def _sums(
    cases: pl.DataFrame, given: Mapping[str, str | None]
) -> tuple[dict[str, float], dict[str, int]]:
    """Of each handler who is given cases, their effort and how many they are."""
    effort = dict(zip(cases["case_id"], cases["effort"], strict=True))
    more: dict[str, float] = {}
    for case_id, handler in given.items():
        if handler is not None:
            more[handler] = more.get(handler, 0.0) + effort[case_id]
    return more, Counter(handler for handler in given.values() if handler is not None)


def _expected(cases: pl.DataFrame, chances: pl.DataFrame) -> dict[str, float]:
    """Of each handler the effort to expect of the draw."""
    effort = dict(zip(cases["case_id"].to_list(), cases["effort"].to_list(), strict=True))
    sums: dict[str, float] = {}
    columns = (chances[name].to_list() for name in ("handler", "case_id", "probability"))
    for handler, case_id, probability in zip(*columns, strict=True):
        sums[handler] = sums.get(handler, 0.0) + probability * effort[case_id]
    return sums


def _of_each(handlers: pl.DataFrame, *sums: Mapping[str, float]) -> list[pl.Series]:
    """Sums by handler as columns in the order of `handlers`."""
    names = handlers["handler"].to_list()
    return [pl.Series([found.get(name, 0) for name in names], strict=False) for found in sums]
