"""How far cases will come on some scale (days, work), with an interval in which four in five end.

1. *Hazard.* A discrete-time hazard model (`hazard.py`) of what was seen in the last two
   years. Where the scale is days, each case counts for the days of these years in which it was
   watched, so that the cases still open tell of today. Where an amount is recorded at closing,
   those closed then count, weighted to stand for all (`duration.py`).
2. *Interval.* Models of earlier quarters forecast cases that have gone on since. Of the last year
   of these it is measured how far from the middle of its forecast an amount must lie to be among
   the fifth furthest; between these two quantiles four cases in five lie (distributional conformal
   prediction: Chernozhukov, Wuthrich, Zhu 2021, PNAS 118; here with cases still open, by
   product-limit shares on the scale of the forecast).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import polars as pl

from cases.numeric import Flags, Floats
from features.online.features import FeatureRows
from models.estimators.duration import (
    FROM_THE_BEGINNING,
    Spells,
    closing_shares,
    days_open,
    weighted_quantile,
)
from models.estimators.hazard import ROUNDS, Curves, HazardModel, fit_hazard

FIT_DAYS, CALIBRATE_DAYS = 730.0, 365.0  # how far back what was seen counts
COVERAGE = 0.8
# Of the forecast, below and above the interval at least: how far out an amount may lie is learnt
# from few cases, and from times when the office was another.
LEAST_TAIL = 0.05
MIDDLE = 0.5  # of a forecast


@dataclass(frozen=True)
class Work:
    """Cases as they stand at some moment, closed or not.

    `x` has a row per case, with the features; `age` is the days since it was opened, `lasted`
    the days it was open so far, `effort` what it took, NaN while it is open or where none
    was recorded; `weight` how often it counts. All of shape (rows,).
    """

    x: pl.DataFrame
    age: Floats
    lasted: Floats
    closed: Flags
    effort: Floats
    weight: Floats

    @classmethod
    def together(cls, parts: Sequence[Work]) -> Work:
        """The cases of all parts, one after the other."""
        arrays = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("age", "lasted", "closed", "effort", "weight")
        )
        return cls(pl.concat([part.x for part in parts]), *arrays)

    def known(self, window: float) -> tuple[pl.DataFrame, Floats, Floats, Floats]:
        """Of the cases closed in the last `window` days with a known effort: `x`, effort, days
        open, and the share of all cases that each stands for (sums to 1)."""
        share = closing_shares(self.age, self.lasted, self.closed, window)
        known = (share > 0) & np.isfinite(self.effort)
        share = share[known] / share[known].sum()
        return self.x.filter(pl.Series(known)), self.effort[known], self.lasted[known], share

    def spells(self, window: float, days: bool) -> Spells:
        """What was seen of the effort of each case in the last `window` days; shape (rows,).

        `days` says whether effort is the days from opening to closing.
        """
        if days:
            spells = days_open(self.age, self.lasted, self.closed, window)
            return replace(spells, weight=self.weight)
        share = closing_shares(self.age, self.lasted, self.closed, window)
        known = (share > 0) & np.isfinite(self.effort)
        start = np.full(len(known), FROM_THE_BEGINNING)
        usual = share[known].mean() if known.any() else 1.0
        weight = np.where(known, share / usual, 0.0)
        return Spells(start, np.where(known, self.effort, 0.0), known, weight)


@dataclass
class Forecast:
    """A hazard by the features called `names`, and the interval of what it says.

    `days` says whether the scale is the days in which a case was watched, so that one still
    open tells of it, and `rounds` how many trees the hazard has.
    """

    names: Sequence[str]
    days: bool
    rounds: int = ROUNDS

    def fit(self, work: Work) -> Self:
        """Learn the hazard from what was seen in the last two years (step 1)."""
        self.hazard_ = fit_hazard(self.names, work.x, work.spells(FIT_DAYS, self.days), self.rounds)
        self.tail_ = LEAST_TAIL
        return self

    def calibrate(self, earlier: Sequence[tuple[Work, Curves]]) -> Self:
        """Set the interval by what became of cases that earlier models forecast.

        It stays at its widest where there are none.
        """
        if not earlier:
            return self
        works, curves = zip(*earlier, strict=True)
        spells = Work.together(works).spells(CALIBRATE_DAYS, self.days)
        # Step 2: on the scale of each forecast, and there how far from its middle.
        on_scale = _on_scale(spells, curves)
        share = on_scale.shares()
        off = np.abs(on_scale.last - MIDDLE)
        # What was never seen to end lies at the far end.
        off, share = np.append(off, MIDDLE), np.append(share, max(0.0, 1.0 - share.sum()))
        self.tail_ = max(MIDDLE - weighted_quantile(off, share, COVERAGE), LEAST_TAIL)
        return self

    def curves(self, x: FeatureRows) -> Curves:
        """How far each case will come."""
        return self.hazard_.curves(x)

    def between(self, curves: Curves) -> tuple[Floats, Floats]:
        """Low and high of each of the curves: four cases in five lie between."""
        return curves.quantile(self.tail_), curves.quantile(1 - self.tail_)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, with `text`."""
        return {"days": self.days, "hazard": self.hazard_.as_json(), "tail": self.tail_}

    def text(self) -> str:
        """The text of the hazard's trees."""
        return self.hazard_.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """The fitted forecast that `as_json` and `text` described.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """
        hazard = HazardModel.from_json(saved["hazard"], text)
        model = cls(hazard.size.columns.names, days=bool(saved["days"]))
        model.hazard_, model.tail_ = hazard, float(saved["tail"])
        if not LEAST_TAIL <= model.tail_ <= MIDDLE:
            raise ValueError("the interval is out of order")
        return model


def _on_scale(spells: Spells, curves: Sequence[Curves]) -> Spells:
    """The spells of all cases of `curves`, one after the other, on the scale of their forecasts.

    There a case has come as far as the probability that it would have ended by then.
    """
    ends = np.cumsum([len(part.reach) for part in curves])[:-1]
    start, last = (
        np.concatenate(
            [part.rank(own) for part, own in zip(curves, np.split(of, ends), strict=True)]
        )
        for of in (spells.start, spells.last)
    )
    start = np.where(spells.start < 0, FROM_THE_BEGINNING, start)
    return replace(spells, start=start, last=last)
