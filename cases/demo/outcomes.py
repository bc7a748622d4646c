"""What was decided, what the court made of it, and what came to light afterwards."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.draws import Draws, col, number
from cases.demo.process import arrest


def conclude(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with outcome, trial, closing and what follows; weak evidence fails more often."""
    draw = Draws(rng, cases.height)
    return _after(draw, _court(draw, _outcome(draw, cases)))


def _outcome(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    weak = (0.8 * col("weakness")).exp()
    minor = number(col("guilty_plea")) * number(col("work") < 1)
    outcome = (
        pl.when(arrest)
        .then(_first(draw, {"arrest_refused": 0.14 * weak}, "arrested"))
        .otherwise(
            _first(
                draw,
                {
                    "not_prosecuted_absolute": 0.004 * weak,
                    "not_prosecuted_doubt": 0.010 * weak,
                    "not_prosecuted_relative": 0.03 + 0.08 * minor,
                    "transferred": pl.lit(0.015),
                },
                "indicted",
            )
        )
    )
    served = draw.share() * pl.when(arrest).then(0.8).otherwise(1.5)
    return cases.with_columns(outcome=outcome, served=col("decided") + 0.2 + served)


def _first(draw: Draws, probabilities: dict[str, pl.Expr], usual: str) -> pl.Expr:
    """At most one of these, each with its probability; else `usual`."""
    luck, chosen, total = draw.share(), pl.lit(usual), pl.lit(0.0)
    for name, probability in probabilities.items():
        here = (luck >= total) & (luck < total + probability)
        chosen = pl.when(here).then(pl.lit(name)).otherwise(chosen)
        total = total + probability
    return chosen


def _court(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """Trial and judgment of the indicted, and when the case was closed."""
    weak, indicted = (0.9 * col("weakness")).exp(), col("outcome") == "indicted"
    failures = {"withdrawn_indictment": 0.003 * weak, "acquitted": 0.002 * weak}
    wait = draw.waiting(pl.when("guilty_plea").then(22.0).otherwise(45.0), 0.4)
    cases = cases.with_columns(
        ending=pl.when(indicted).then(_first(draw, failures, "judged")),
        court_accepted=pl.when(indicted).then(col("served") + 1 + 4 * draw.share()),
    ).with_columns(ended=col("court_accepted") + wait)
    protests = (col("ending") == "judged") & draw.happens(0.012)
    cases = cases.with_columns(
        tried=col("ended") - wait * (0.1 + 0.3 * draw.share()),
        protested=pl.when(protests).then(col("ended") + 1 + 6 * draw.share()),
    )
    withdrawn = col("protested") + 5 + 30 * draw.share()
    cases = cases.with_columns(protest_withdrawn=pl.when(draw.happens(0.2)).then(withdrawn))
    last = pl.max_horizontal("served", "ended", "protested", "protest_withdrawn")
    return cases.with_columns(
        closed=last + pl.when(arrest).then(0.5).otherwise(3.0) + 2 * draw.share()
    )


def _after(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """Archiving, and news that the case had gone wrong."""
    weak = (0.8 * col("weakness")).exp()
    held = (col("outcome") == "arrested") & col("detained")
    fates = {
        "later_not_prosecuted": 0.020 * weak,
        "later_withdrawn": 0.003 * weak,
        "later_acquitted": 0.002 * weak,
    }
    fate = pl.when(held).then(_first(draw, fates, "convicted"))
    innocent = (col("ending") == "acquitted") | (col("outcome") == "not_prosecuted_absolute")
    news = {
        **{name: (fate == name, draw.waiting(90.0, 0.4)) for name in fates},
        "petition_changed": (draw.happens(0.002 * weak), draw.waiting(60.0)),
        "compensated": (innocent & draw.happens(0.2), draw.waiting(100.0)),
        "supervision_unsupported": (draw.happens(0.002), draw.waiting(45.0)),
    }
    return cases.with_columns(
        *(pl.when(so).then(col("closed") + wait).alias(name) for name, (so, wait) in news.items()),
        archived=col("closed") + draw.waiting(12.0),
    )
