"""Conformal cut-offs for a probability: how low is simple, how high is complex.

The two classes have an error rate each (Mondrian, or class-conditional, conformal prediction:
Vovk 2012, Conditional validity of inductive conformal predictors): of the truly complex cases
at most `complex_error` may score below the one cut-off, of the simple ones at most
`simple_error` at or above the other. Scores are those that models gave to cases later than
all those they had learnt from, in log-odds against the average case of that model: where complex
cases become rarer every probability falls, and a cut-off on probabilities of years with more
complex cases would let too many pass.

The office drifts and outcomes arrive late, so four things are done.

- *Recency.* A score counts half after `HALF_LIFE` (weighted split conformal prediction:
  Barber, Candes, Ramdas, Tibshirani 2023, Conformal prediction beyond exchangeability).
- *Feedback.* The rate that the quantile is taken at moves by `step x (wanted - missed)` with
  each quarter's outcomes (Gibbs and Candes 2021, Adaptive conformal inference under
  distribution shift, equation 2), with steps that decay as the paper by Angelopoulos, Barber
  and Bates (2024, Online conformal prediction with decaying step sizes) has them: in the k-th
  quarter k^-(1/2 + 0.1).
- *Trip-wire.* The steps track the rate in the long run of an office that settles; no theorem
  bounds it where the office goes on drifting. So if the cases missed so far exceed what the rate
  allows by more than `SLACK` standard deviations, no case is called so until they are within it
  again. Misses then stay below wanted x n + SLACK x sqrt(wanted x (1 - wanted) x n) and what is
  still to come of cases that came in before, whatever drifts.
- *Order.* Only what was known at the time counts. Whether a case was missed is judged by the
  cut-off in force when it came in, as soon as its outcome is known.
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
SLACK = 1.0  # standard deviations of the number missed, at which the trip-wire is hit
FEWEST_A_ROUND = 20  # outcomes; fewer move the rate less
LONGEST = 20_000  # outcomes that are kept, the newest
ROUNDING = 1e-9  # of sums of weights, which must not decide what is allowed
COLUMNS = {"score": pl.Float64(), "y": pl.Int8(), "moment": TIME, "known_at": TIME, "origin": TIME}


@dataclass(frozen=True)
class Cutoffs:
    """A case below `simple_below` may be called simple, from `complex_from` on complex.

    None where too few outcomes are known for such a cut-off, or where it is held back
    (`simple_held`, `complex_held`): more were missed than the office allows. Never crossed: no
    case may be called both.
    """

    simple_below: float | None
    complex_from: float | None
    simple_held: bool = False
    complex_held: bool = False


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
        lows, highs = self._in_force(complex_error, simple_error)
        low, high = float(lows.cuts[-1]), float(highs.cuts[-1])
        return Cutoffs(
            min(low, high) if np.isfinite(low) else None,
            high if np.isfinite(high) else None,
            simple_held=lows.held,
            complex_held=highs.held,
        )

    def running(self, complex_error: float, simple_error: float) -> pl.DataFrame:
        """Per year of intake, the cases whose outcome is known, by what they were called.

        By the cut-offs in force when they came in.

        Columns `year, complex, complex_called_simple, simple, simple_called_complex, person`.
        """
        low, high = (tail.cuts[:-1] for tail in self._in_force(complex_error, simple_error))
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

    def _in_force(self, complex_error: float, simple_error: float) -> tuple[Tail, Tail]:
        """The lower and the upper cut-offs."""
        # Mondrian: the lower tail of the complex class, the upper tail of the simple one.
        low, upper = (
            self._tail(complex_error, y=1, sign=1.0),
            self._tail(simple_error, y=0, sign=-1.0),
        )
        high = -upper.cuts
        # A score equal to the cut-off is complex (`>=`), but not an error: move it up a little.
        finite = np.isfinite(high)
        high[finite] = np.nextafter(high[finite], np.inf)
        return low, Tail(high, upper.held)

    def _tail(self, error: float, *, y: int, sign: float) -> Tail:
        """Below which at most `error` of the class `y` lies, by `sign` times the score.

        The cut-off that each case met, and last that of now; -infinity where there is none.
        """
        times = {name: self.rows[name].to_numpy() for name in ("moment", "known_at", "origin")}
        member = (self.rows["y"] == y).to_numpy()
        score, now = sign * self.rows["score"].to_numpy(), np.datetime64(self.until, "us")
        met, rate, rounds = np.full(len(score) + 1, np.nan), error, 0
        held, seen = np.zeros(len(score) + 1, dtype=bool), np.zeros(len(score), dtype=bool)
        wire = TripWire(error)
        for origin in [*np.unique(times["origin"]), now]:
            # Order: outcomes known by this quarter's start, and of these the new ones.
            known = member & (times["known_at"] <= origin)
            judged = known & ~seen & ~np.isnan(met[:-1])
            seen |= known
            missed = score < met[:-1]
            wire = wire.after(int(missed[judged].sum()), int(judged.sum()))
            # Feedback (Gibbs and Candes 2021, equation 2): alpha_{k+1} = alpha_k +
            # gamma_k (alpha - err_k), with gamma_k = k^-0.6 (Angelopoulos, Barber, Bates 2024).
            # Cases that came in while the cut-off was held back tell nothing of it.
            exposed = missed[judged & ~held[:-1]]
            if exposed.size:
                rounds += 1
                rate += rounds**-DECAY * (error - exposed).sum() / max(exposed.size, FEWEST_A_ROUND)
            # Recency (Barber et al. 2023): the conformal quantile of weighted scores.
            weight = 0.5 ** ((origin - times["moment"][known]) / HALF_LIFE)
            cut = -np.inf if wire.held else conformal_quantile(score[known], weight, rate)
            if rounds or np.isfinite(cut):  # before the first cut-off nothing can be missed
                new = np.append(times["origin"] == origin, origin == now)
                met[new], held[new] = cut, wire.held
        return Tail(np.where(np.isnan(met), -np.inf, met), wire.held)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, to the bit."""
        columns = self.rows.with_columns(pl.col(TIME).dt.epoch("us")).to_dict(as_series=False)
        return {"until": self.until.isoformat(), "rows": columns}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Outcomes:
        """What `as_json` described; `ValueError`, `KeyError` or `TypeError` for anything else."""
        columns = {name: list(saved["rows"][name]) for name in COLUMNS}
        try:
            rows = pl.DataFrame(columns, schema=COLUMNS)
        except pl.exceptions.PolarsError as error:
            raise ValueError(str(error).partition("\n")[0]) from None
        if rows.height > LONGEST or rows.null_count().sum_horizontal().item():
            raise ValueError("outcomes are too many or incomplete")
        if not (rows["score"].is_finite().all() and rows["y"].is_in([0, 1]).all()):
            raise ValueError("an outcome is not a number")
        return cls(rows, datetime.fromisoformat(saved["until"]))


@dataclass(frozen=True)
class Tail:
    """The cut-off each case met and last that of now, shape (rows + 1,); whether it is held."""

    cuts: Floats
    held: bool


@dataclass(frozen=True)
class TripWire:
    """How many of `judged` cases were `missed`, of which a share `error` may be.

    `held` from when they exceed it by `SLACK` standard deviations until they are within it.

    >>> hit = TripWire(0.2).after(30, 100)
    >>> hit.held, hit.after(0, 40).held, hit.after(0, 50).held
    (True, True, False)
    """

    error: float
    missed: int = 0
    judged: int = 0
    held: bool = False

    def after(self, missed: int, judged: int) -> TripWire:
        """With further cases whose outcome became known."""
        missed, judged = self.missed + missed, self.judged + judged
        allowed = self.error * judged
        slack = 0.0 if self.held else SLACK * (allowed * (1 - self.error)) ** 0.5
        return TripWire(self.error, missed, judged, missed > allowed + slack + ROUNDING)


def conformal_quantile(score: Floats, weight: Floats, error: float) -> float:
    """The highest cut-off below which a further case lies with probability `error` at most.

    The further case weighs 1, as much as a case of today, and may lie anywhere; -infinity if
    that alone is more than `error` allows. Arrays of shape (n,).

    >>> conformal_quantile(np.arange(19.0), np.ones(19), 0.05), conformal_quantile(
    ...     np.arange(39.0), np.ones(39), 0.05)
    (0.0, 1.0)
    """
    order = np.argsort(score, kind="stable")
    # Weight strictly below each score. The further case may lie below too (Barber et al. 2023
    # give it a point mass at infinity; here the tail is the lower one).
    below = np.append(0.0, np.cumsum(weight[order]))
    allowed = np.flatnonzero(below[:-1] + 1 <= error * (below[-1] + 1) + ROUNDING)
    return float(score[order][allowed[-1]]) if allowed.size else -np.inf
