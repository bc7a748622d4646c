"""Who works at the office: handlers and reviewers, under codes."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.intake import KINDS

CASES_PER_HANDLER = 250  # over the whole time; about eight a month
ALL_ROUND = 2  # handlers of each unit who take every kind
REVIEWERS = 12
REVIEWER_CODES = [f"R{number:02d}" for number in range(1, REVIEWERS + 1)]
SEVERITY_SPREAD = 0.45  # standard deviation, in log-odds of the grade
MONTH = 30.0


def draw_handlers(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """Handlers of every unit: code, unit, kinds (null: all), capacity (cases a month), skill."""
    units = cases.group_by("unit").len().sort("unit")
    numbers = [max(ALL_ROUND, round(size / CASES_PER_HANDLER)) for size in units["len"]]
    unit = np.repeat(units["unit"].to_numpy(), numbers)
    number_in_unit = np.concatenate([np.arange(number) for number in numbers])
    kinds = np.array([None, *KINDS])[rng.choice(3, len(unit), p=(0.7, 0.1, 0.2))]
    kinds[number_in_unit < ALL_ROUND] = None
    return pl.DataFrame(
        {
            "handler": [f"H{number:03d}" for number in range(1, len(unit) + 1)],
            "unit": unit,
            "kinds": pl.Series(kinds.tolist(), dtype=pl.String),
            "capacity": rng.integers(7, 12, len(unit)).astype(float),
            "skill": rng.standard_normal(len(unit)),
        }
    )


def assign(rng: np.random.Generator, cases: pl.DataFrame, handlers: pl.DataFrame) -> pl.DataFrame:
    """Cases with `first` and `handler` (row numbers of `handlers`) and `overload`.

    Each case is drawn among those of its unit who take its kind, by capacity; a few
    are reassigned, more of them where the handler already had much.
    """
    first = _draw(rng, cases, handlers)
    cases = cases.with_columns(first=first)
    crowded = _overload(cases["opened"].to_numpy(), first, handlers)
    moves = rng.random(cases.height) < np.clip(0.05 + 0.05 * crowded, 0, 1)
    handler = np.where(moves, _draw(rng, cases, handlers), first)
    return cases.with_columns(
        handler=handler,
        reassigned=pl.Series(handler != first),
        overload=_overload(cases["opened"].to_numpy(), handler, handlers),
        skill=handlers["skill"].to_numpy()[handler],
    )


def draw_severity(rng: np.random.Generator) -> np.ndarray:
    """How much harder than usual each reviewer grades, in log-odds; the mean is zero."""
    severity = rng.normal(0, SEVERITY_SPREAD, REVIEWERS)
    return np.asarray(severity - severity.mean())


def _draw(rng: np.random.Generator, cases: pl.DataFrame, handlers: pl.DataFrame) -> np.ndarray:
    drawn = np.zeros(cases.height, dtype=np.int64)
    capacity = handlers["capacity"].to_numpy()
    for (unit, kind), group in cases.group_by("unit", "kind", maintain_order=True):
        takes = (pl.col("unit") == unit) & (pl.col("kinds").is_null() | (pl.col("kinds") == kind))
        eligible = np.flatnonzero(handlers.select(takes).to_series().to_numpy())
        weight = capacity[eligible] / capacity[eligible].sum()
        drawn[group["case"].to_numpy()] = rng.choice(eligible, group.height, p=weight)
    return drawn


def _overload(opened: np.ndarray, handler: np.ndarray, handlers: pl.DataFrame) -> np.ndarray:
    """Cases the handler got in the 30 days before, as a share of capacity, less one."""
    key = handler * 10_000.0 + opened
    ordered = np.sort(key)
    before = np.searchsorted(ordered, key) - np.searchsorted(ordered, key - MONTH)
    capacity = handlers["capacity"].to_numpy()[handler]
    return np.asarray(np.clip(before / capacity - 1, -1, 2))
