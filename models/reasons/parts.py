"""A score as a sum: what each group of features adds, against the cases it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cases.numeric import Floats
from features.online.features import FeatureRows
from models.estimators.scorer import Scorer

LARGEST_GAP = 1e-6  # log-odds; more means the contributions are not those of this score
# Features of these families are about other cases; those about the same cases are one reason.
OF_OTHERS = frozenset({"history", "workload"})


@dataclass(frozen=True)
class Parts:
    """Scores of rows as sums: `base[i] + total[i].sum()` is the log-odds of row i.

    `columns` is what each column, by `names`, adds against its mean in the cases compared with,
    shape (rows, columns). `groups` are the positions of the columns that belong together, `total`
    their sums, shape (rows, groups). `base`, shape (rows,), is the mean score of those cases and
    the office's present level: what calendar and office-wide history add, the same for all cases
    of a day. `above`, shape (rows,), is how far a row's score is above the mean alone, and `raw`
    the score.
    """

    names: tuple[str, ...]
    base: Floats
    columns: Floats
    groups: tuple[tuple[int, ...], ...]
    total: Floats
    above: Floats
    raw: Floats


def parts(model: Scorer, matrix: Floats, reference: Floats) -> Parts:
    """The sums of the rows of a matrix; `reference`, shape (columns,), is what columns add in the
    mean.

    `ArithmeticError` unless they are the score of each row.
    """
    contributions, raw = model.contributions_of(matrix), model.raw_of(matrix)
    columns, constant = contributions[:, :-1] - reference, contributions[:, -1]
    level, groups = _grouped(model.columns.names)
    total = _sums(columns, groups)
    base = constant + reference.sum() + columns[:, level].sum(axis=1)
    check_sum(np.column_stack([total, base]), raw)
    return Parts(model.columns.names, base, columns, groups, total, columns.sum(axis=1), raw)


def _sums(columns: Floats, groups: tuple[tuple[int, ...], ...]) -> Floats:
    """The sum of each group of columns, shape (rows, groups)."""
    if not groups:
        return columns[:, :0]
    starts = np.cumsum([0, *map(len, groups[:-1])])
    return np.add.reduceat(columns[:, np.concatenate(groups)], starts, axis=1)


def check_sum(contributions: Floats, raw: Floats) -> None:
    """`ArithmeticError` unless each row of contributions sums to its raw score."""
    gap = np.abs(contributions.sum(axis=1) - raw).max(initial=0.0)
    if not gap <= LARGEST_GAP:
        raise ArithmeticError(f"contributions miss the score by {gap:.2g} log-odds")


def mean_contributions(model: Scorer, x: FeatureRows) -> Floats:
    """What each column adds in the mean of the rows of `x` (at least one), shape (columns,)."""
    return np.asarray(model.contributions(x)[:, :-1].mean(axis=0), dtype=np.float64)


def group_of(name: str) -> str:
    """The group a feature belongs to, by its name.

    >>> group_of("history.kind_defect_rate_365"), group_of("process.count.returned")
    ('history.kind', 'process.count.returned')
    """
    family, member = name.split(".", 1)
    return f"{family}.{member.partition('_')[0]}" if family in OF_OTHERS else name


def is_about_the_day(name: str) -> bool:
    """Whether a feature is about the moment or the whole office, not about the case.

    >>> is_about_the_day("calendar.weekday"), is_about_the_day("process.days_open")
    (True, False)
    """
    return name.startswith(("calendar.", "history.office_"))


@lru_cache(maxsize=8)
def _grouped(names: tuple[str, ...]) -> tuple[list[int], tuple[tuple[int, ...], ...]]:
    """The positions of the level's features, and those of every group."""
    groups: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        groups.setdefault("" if is_about_the_day(name) else group_of(name), []).append(position)
    level = groups.pop("", [])
    return level, tuple(map(tuple, groups.values()))
