"""Whether predictions of overruns are better than the clock alone, at past moments.

At each moment as many alerts are given by the clock alone, to the limits with the fewest days
left, as the predictions give. Better means: more of them came true, beyond chance. Limits of one
case go together when chance is judged (cluster bootstrap; Cameron, Gelbach and Miller 2008).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from cases.language.messages import Sayable, _
from evaluation.statistics.metrics import FEWEST, REPLICATES, SEED, Figure, percentile, wilson
from evaluation.statistics.saying import percent, points

TRIED = "overruns_tried"  # what a model calls it that keeps it
ASKED = {
    "moment": pl.Datetime("us"),
    "case_id": pl.String(),
    "rule": pl.String(),
    "probability": pl.Float64(),
    "left": pl.Int64(),
    "overrun": pl.Boolean(),
}


@dataclass(frozen=True)
class AgainstClock:
    """Of `alerts` that predictions gave, and as many by the clock alone, the shares that came true.

    `gain` is the first minus the second.
    """

    alerts: int
    predicted: Figure
    clock: Figure
    gain: Figure

    @property
    def is_better(self) -> bool:
        """Whether the predictions are better, beyond chance."""
        return self.gain.surely_above(0.0)

    @property
    def says(self) -> Sayable:
        """What was found, and what follows from it."""
        if self.gain.value is None:
            return _(
                "Predictions are withheld: at past moments they gave {count:,} alerts whose limit "
                "is over by now, too few to tell whether they are better than the clock alone.",
                count=self.alerts,
            )
        found = _BETTER if self.is_better else _NO_BETTER
        return found.filled(
            count=self.alerts,
            predicted=percent(self.predicted),
            clock=percent(self.clock),
            gain=points(self.gain),
        )


_BETTER = _(
    "At past moments predictions gave {count:,} alerts, of which {predicted} came true; of as many "
    "by the fewest days left, {clock} (difference: {gain})."
)
_NO_BETTER = _(
    "Predictions are withheld: at past moments they were no better than the clock alone. Of "
    "{count:,} alerts {predicted} came true, of as many by the fewest days left {clock} "
    "(difference: {gain})."
)


def as_kept(tried: AgainstClock) -> dict[str, Any]:
    """As plain values, to be kept with a model."""
    return asdict(tried)


def from_kept(kept: Mapping[str, Any]) -> AgainstClock:
    """What `as_kept` gave."""
    shares = {name: Figure(**kept[name]) for name in ("predicted", "clock", "gain")}
    return AgainstClock(kept["alerts"], **shares)


def against_clock(asked: pl.DataFrame, least: float) -> AgainstClock:
    """The comparison on limits that were asked about at past moments and are over by now (`ASKED`).

    `left` is how many days were left then; a prediction is an alert from the probability `least`
    on. What became of some is not known (`overrun` is null): alerts are given to them as to all,
    and then left out. A limit that is asked about at several moments counts each time; fewer than
    `FEWEST` cases that were predicted do not tell.
    """
    rank = pl.struct("left", "case_id", "rule").rank("ordinal").over("moment")
    given = (pl.col("probability") >= least).sum().over("moment")
    given_to = {"predicted": pl.col("probability") >= least, "clock": rank <= given}
    marked = asked.with_columns(**given_to).drop_nulls("overrun")
    alerts = int(marked["predicted"].sum())
    few_cases = marked.filter("predicted")["case_id"].n_unique() < FEWEST
    if few_cases or not marked["clock"].any():
        few = Figure.of_few(alerts)
        return AgainstClock(alerts, few, few, few)
    of_case = (
        marked.filter(pl.col("predicted") | pl.col("clock"))
        .group_by("case_id", maintain_order=True)
        .agg(
            predicted=(pl.col("predicted") & pl.col("overrun")).sum(),
            of_predicted=pl.col("predicted").sum(),
            clock=(pl.col("clock") & pl.col("overrun")).sum(),
            of_clock=pl.col("clock").sum(),
        )
    )
    shares = {
        way: wilson(marked.filter(pl.col(way))["overrun"].cast(pl.Float64).to_numpy())
        for way in ("predicted", "clock")
    }
    return AgainstClock(alerts, **shares, gain=_gain(of_case))


def _gain(of_case: pl.DataFrame) -> Figure:
    """The share of the predictions minus that of the clock, drawing cases anew."""
    random = np.random.default_rng(SEED)
    shown = of_case.select("predicted", "of_predicted", "clock", "of_clock")
    counts = shown.to_numpy().astype(np.float64)
    drawn = random.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), REPLICATES)
    true, given, of_clock, given_clock = np.vstack([counts.sum(axis=0), drawn @ counts]).T
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = true / given - of_clock / given_clock
    return percentile(float(gain[0]), gain[1:], int(given[0]))
