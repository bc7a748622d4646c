"""Conformal cut-offs for a probability: how low is simple, how high is complex.

The two classes have an error rate each (Mondrian, or class-conditional, conformal prediction:
Vovk 2012, Conditional validity of inductive conformal predictors): of the truly complex cases
at most `complex_error` may score below the one cut-off, of the simple ones at most
`simple_error` at or above the other. Scores are those that models gave to cases later than
all they had learnt from, in log-odds against the average case of that model: where complex
cases become rarer every probability falls, and a cut-off on probabilities of richer years
would let too many pass.

The office drifts and outcomes arrive late, so three things are done.

- *Recency.* A score counts half after `HALF_LIFE` (weighted split conformal prediction:
  Barber, Candes, Ramdas, Tibshirani 2023, Conformal prediction beyond exchangeability).
- *Feedback.* The rate that the quantile is taken at moves by `step x (wanted - missed)` with
  each quarter's outcomes (Gibbs and Candes 2021, Adaptive conformal inference under
  distribution shift, equation 2), with steps that decay as the paper by Angelopoulos, Barber
  and Bates (2024, Online conformal prediction with decaying step sizes) has them: in the k-th
  quarter k^-(1/2 + 0.1).
- *Order.* Only what was known by then counts. Whether a case was missed is judged by the
  cut-off in force when it came in, and learnt of when its outcome is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from cases.numeric import Floats
from cases.tables.values import TIME

HALF_LIFE = np.timedelta64(round(4 * 365.25), "D")  # as long as the models' own memory
DECAY = 0.6
FEWEST_A_ROUND = 20  # outcomes; fewer move the rate less
LONGEST = 20_000  # outcomes that are kept, the newest
COLUMNS = {"score": pl.Float64(), "y": pl.Int8(), "moment": TIME, "known_at": TIME, "origin": TIME}


@dataclass(frozen=True)
class Cutoffs:
    """A case below `simple_below` may be called simple, one from `complex_from` on complex.

    None where too few outcomes are known to call any case so. Never crossed: there is no
    case that may be called both.
    """

    simple_below: float | None
    complex_from: float | None


@dataclass(frozen=True)
class Outcomes:
    """Scores given before the outcome was known, and the outcomes known by `until`.

    `rows` has the columns `score` (log-odds against the average case), `y` (1 for complex),
    `moment` (intake), `known_at`, and `origin`, by when that score's model knew what it knew.
    """

    rows: pl.DataFrame
    until: datetime

    @classmethod
    def of(cls, rows: pl.DataFrame, until: datetime) -> Outcomes:
        """The newest `LONGEST` of the rows whose outcome is known by `until`."""
        known = rows.filter(pl.col("known_at") <= until).select(
            pl.col(name).cast(kind) for name, kind in COLUMNS.items()
        )
        return cls(known.sort("known_at", "moment", "score").tail(LONGEST), until)

    def cutoffs(self, complex_error: float, simple_error: float) -> Cutoffs:
        """The cut-offs on scores now, for these error rates.

        Where the two cross, every case has an answer: any cut-off between them keeps both
        rates, and the lower one is taken, which calls fewer complex cases simple.
        """
        low, high = (float(found[-1]) for found in self._in_force(complex_error, simple_error))
        return Cutoffs(
            min(low, high) if np.isfinite(low) else None, high if np.isfinite(high) else None
        )

    def running(self, complex_error: float, simple_error: float) -> pl.DataFrame:
        """How it went: per year of intake, the cases whose outcome is known and what they were
        called by the cut-offs in force when they came in.

        Columns `year, complex, complex_called_simple, simple, simple_called_complex, person`.
        """
        low, high = (found[:-1] for found in self._in_force(complex_error, simple_error))
        score, y = pl.col("score"), pl.col("y") == 1
        called = self.rows.with_columns(high=pl.Series(high), low=pl.Series(np.minimum(low, high)))
        simple, complicated = score < pl.col("low"), score >= pl.col("high")
        return (
            called.group_by(year=pl.col("moment").dt.year())
            .agg(
                complex=y.sum(),
                complex_called_simple=(y & simple).sum(),
                simple=(~y).sum(),
                simple_called_complex=(~y & complicated).sum(),
                person=(~simple & ~complicated).sum(),
            )
            .sort("year")
        )

    def _in_force(self, complex_error: float, simple_error: float) -> tuple[Floats, Floats]:
        """The two cut-offs each case met, and last those of now; shape (rows + 1,) each."""
        low = self._tail(complex_error, y=1, sign=1.0)
        high = -self._tail(simple_error, y=0, sign=-1.0)
        finite = np.isfinite(high)
        high[finite] = np.nextafter(high[finite], np.inf)  # what lies at a cut-off is not beyond
        return low, high

    def _tail(self, error: float, *, y: int, sign: float) -> Floats:
        """Below which at most `error` of the class `y` lies, by `sign` times the score."""
        times = {name: self.rows[name].to_numpy() for name in ("moment", "known_at", "origin")}
        member = (self.rows["y"] == y).to_numpy()
        score, now = sign * self.rows["score"].to_numpy(), np.datetime64(self.until, "us")
        met, rate, rounds = np.full(len(score) + 1, np.nan), error, 0
        heard = np.zeros(len(score), dtype=bool)
        for origin in [*np.unique(times["origin"]), now]:
            known = member & (times["known_at"] <= origin)
            judged = known & ~heard & ~np.isnan(met[:-1])
            heard |= known
            if judged.any():
                rounds += 1
                missed = score[judged] < met[:-1][judged]
                gap = (error - missed).sum() / max(missed.size, FEWEST_A_ROUND)
                rate += rounds**-DECAY * gap
            weight = 0.5 ** ((origin - times["moment"][known]) / HALF_LIFE)
            cut = conformal_quantile(score[known], weight, rate)
            if rounds or np.isfinite(cut):  # before the first cut-off nothing can be missed
                met[np.append(times["origin"] == origin, origin == now)] = cut
        return np.where(np.isnan(met), -np.inf, met)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, to the bit."""
        columns = self.rows.with_columns(pl.col(TIME).dt.epoch("us")).to_dict(as_series=False)
        return {"until": self.until.isoformat(), "rows": columns}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Outcomes:
        """The outcomes that `as_json` described; `ValueError` or `TypeError` if it is none."""
        columns = {name: list(saved["rows"][name]) for name in COLUMNS}
        try:
            rows = pl.DataFrame(columns, schema=COLUMNS)
        except pl.exceptions.PolarsError as error:
            raise ValueError(str(error).partition("\n")[0]) from None
        if rows.height > LONGEST or rows.null_count().sum_horizontal().item():
            raise ValueError("outcomes are too many or incomplete")
        if not (rows["score"].is_finite().all() and rows["y"].is_in([0, 1]).all()):
            raise ValueError("an outcome is no number")
        return cls(rows, datetime.fromisoformat(saved["until"]))


def conformal_quantile(score: Floats, weight: Floats, error: float) -> float:
    """The highest cut-off below which a further case lies with probability `error` at most.

    The further case weighs 1, as much as one of today, and may lie anywhere; -infinity if
    that alone is more than `error` allows. Arrays of shape (n,).

    >>> conformal_quantile(np.arange(19.0), np.ones(19), 0.05), conformal_quantile(
    ...     np.arange(39.0), np.ones(39), 0.05)
    (0.0, 1.0)
    """
    order = np.argsort(score, kind="stable")
    below = np.append(0.0, np.cumsum(weight[order]))
    allowed = np.flatnonzero(below[:-1] + 1 <= error * (below[-1] + 1) + ROUNDING)
    return float(score[order][allowed[-1]]) if allowed.size else -np.inf


ROUNDING = 1e-9
