"""Clocks that rest, start anew and run over: what keeps some of the demo's cases waiting.

Of most overruns a week ahead shows that they will come; `CAUSES` says by what. All of it concerns
the last stretch of work of a case and moves what comes after its decision; the probability of a
defect stays what it was.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.clock import END, SATURDAY, day_of, office_days
from cases.demo.draws import Draws, Term, chance, col, total
from cases.demo.model import SELF_CHECK
from cases.demo.process import ARREST_LIMIT, LEGS, REVIEW_LIMIT, arrest
from cases.demo.reviews.drawn import NEW_RULES, NEWS
from cases.demo.running.holidays import last_days

# Log-odds that a case of which it can be known a week ahead goes wrong.
STRAIN = {
    "overload": Term(1.0, "the handler's new cases in 30 days / capacity - 1", col("overload")),
    "weakness": Term(0.6, "hidden weakness of the evidence (standard normal)", col("weakness")),
}
# By cause: the days of the limit used from which on it can happen, and what is added to the strain.
CAUSES = {
    "late_return": (30, 3.5),
    "late_handover": (24, 1.0),
    "late_opinion": (24, -2.0),
    "chance": (26, -5.2),
    "arrest": (6, -6.0),
}
SUDDEN = ("chance", "arrest")  # of which nobody can know a week ahead
IN_TIME_AFTER_ALL = 0.02  # share of the others that are decided within the limit
ASKED_IN_TIME, CHARGE_CHANGED = 0.03, 0.02  # shares of the prosecution reviews left
WEEK = 7
LATE_SIGN = (19, 21)  # days used when the opinion is asked for or the case changes hands
LONGEST_OVERRUN = 9
RULES_CHANGE = (SELF_CHECK, NEW_RULES)  # no case moves beyond a day on which rules change
NEW = (
    *("opinion_asked", "opinion_received", "charge_changed"),
    *("cause", "later_hands", "later"),
)
SOONEST_EXTENSION, LAST_HANDOVER = 20, 16  # days used, of cases that none of this happens to
SECOND_RETURN = ("returned_2", "resubmitted_2", "start_3", "end_3", "extended_3", "start")
FROM_THE_DECISION = (
    *("committee", "approved", "decided"),
    *("served", "court_accepted", "tried", "ended", "protested", "protest_withdrawn"),
    *("closed", "archived", *NEWS),
)


def delayed(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with opinions asked for, changed charges and overruns.

    New columns are `opinion_asked`, `opinion_received`, `charge_changed` (days), `cause`, by
    which a limit may be overrun, the `last_day` of the limit, and `later`, by how many days the
    decision and all after it are; null or 0 for most cases.
    """
    draw = Draws(rng, cases.height)
    cases = _signs(draw, _causes(draw, _with_clock(cases)))
    cases = _later(draw, _in_time(draw, cases))
    crosses = pl.any_horizontal(_crosses(day_of(change)) for change in RULES_CHANGE)
    return _moved(cases.with_columns(pl.when(~crosses).then(col(name)).name.keep() for name in NEW))


def reviewed_later(reviews: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """`reviews` later by as much as their cases are; those that come after the end are left out."""
    later = col("later").fill_null(0)
    weekdays = pl.when(later > 0).then((later * 5 / WEEK).ceil() + 1).otherwise(0)
    both = reviews.join(
        cases.select("case_id", weekdays=weekdays.cast(pl.Int32)),
        on="case_id",
        how="left",
        maintain_order="left",
    )
    moved = both.with_columns(col("reviewed_at").dt.add_business_days(col("weekdays")))
    return moved.filter(col("reviewed_at") < END).select(reviews.columns)


def _with_clock(cases: pl.DataFrame) -> pl.DataFrame:
    """The stretch that can be delayed: which `leg`, when its clock `began`, and the days `used`.

    It is the last one, or the second if the case was returned late in the first.
    """
    first = _office_day(cases, pl.coalesce("returned_1", "opened")) - _office_day(cases, "opened")
    cases = cases.with_columns(
        returned_late=(first >= CAUSES["late_return"][0]) & cases["extended_1"].is_null()
    ).with_columns(leg=pl.when("returned_late").then(2).otherwise(col("returns") + 1))
    begin = {1: "opened", 2: "resubmitted_1", 3: "resubmitted_2"}
    cases = cases.with_columns(
        began=_of_leg(begin), ends=_of_leg({leg: f"end_{leg}" for leg in LEGS})
    )
    began_on = _office_day(cases, "began")
    return cases.with_columns(
        began_on=began_on,
        used=_office_day(cases, "ends") - began_on,
        extended=_of_leg({leg: f"extended_{leg}" for leg in LEGS}).is_not_null(),
    )


def _of_leg(names: dict[int, str]) -> pl.Expr:
    return pl.coalesce(pl.when(col("leg") == leg).then(name) for leg, name in names.items())


def _office_day(cases: pl.DataFrame, day: str | pl.Expr) -> pl.Series:
    return pl.Series(office_days(cases.select(day).to_series().to_numpy()))


def _causes(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """`cause`: why a limit may be overrun, the first that applies; null for most."""
    strain = total(STRAIN)
    may = {
        name: ~arrest & ~col("extended") & (col("used") >= used)
        for name, (used, _strain) in CAUSES.items()
    }
    may["late_return"] = col("returned_late") & ~col("extended")
    may["late_handover"] &= col("reassigned") & (col("returns") == 0)
    may["arrest"] = arrest & (col("used") >= CAUSES["arrest"][0])
    cause = [
        pl.when(may[name] & draw.happens(chance(strain + more))).then(pl.lit(name))
        for name, (_used, more) in CAUSES.items()
    ]
    return cases.with_columns(cause=pl.coalesce(cause))


def _signs(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """What can be seen of the cause: an opinion asked for late, a late change of hands."""
    least, most = LATE_SIGN
    sign = _weekday(col("began_on") + least + ((most - least) * draw.share()).floor())
    asked = pl.when(col("cause") == "late_opinion").then(sign + 0.3 + 0.3 * draw.share())
    lasts = 14 + 16 * draw.share()
    return cases.with_columns(
        opinion_asked=asked,
        opinion_received=_weekday(asked + lasts),
        later_hands=pl.when(col("cause") == "late_handover").then(sign + 0.2 * draw.share()),
    )


def _in_time(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """Opinions that were asked for early, and charges that were changed, of some other cases."""
    other = ~arrest & ~col("extended") & col("cause").is_null()
    early = other & col("used").is_between(12, 28) & draw.happens(ASKED_IN_TIME)
    changed = other & ~early & col("used").is_between(12, 28) & draw.happens(CHARGE_CHANGED)
    asked = _weekday(col("began_on") + 3 + (5 * draw.share()).floor()) + 0.3 + 0.3 * draw.share()
    charge = _weekday(col("began_on") + (col("used") * (0.5 + 0.3 * draw.share())).floor())
    received = _weekday(asked + 14 + 20 * draw.share())
    return cases.with_columns(
        opinion_asked=pl.when(early).then(asked).otherwise("opinion_asked"),
        opinion_received=pl.when(early).then(received).otherwise("opinion_received"),
        charge_changed=pl.when(changed).then(charge + 0.4),
    )


def _later(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """`last_day` of the clock, which rests and moves to a working day, and `later`."""
    rested = (col("opinion_received").floor() - col("opinion_asked").floor()).fill_null(0)
    days = pl.when(arrest).then(ARREST_LIMIT).otherwise(REVIEW_LIMIT) + rested
    last = last_days(cases["began"].to_numpy(), cases.select(days).to_series().to_numpy())
    cases = cases.with_columns(last_day=pl.Series(last))
    sudden = col("cause").is_in(SUDDEN)
    most = pl.when(sudden).then(2).otherwise(LONGEST_OVERRUN)
    over = col("last_day") + 1 + (most * draw.share()).floor() + 0.1 + 0.8 * draw.share()
    kept = pl.max_horizontal("ends", col("last_day") - 1 - draw.share())
    in_time = ~sudden & draw.happens(IN_TIME_AFTER_ALL)
    anew = 4 + 8 * draw.share()
    return cases.with_columns(
        later=pl.when(col("cause").is_not_null())
        .then(pl.when(in_time).then(kept).otherwise(over) - col("ends"))
        .when(col("opinion_asked").is_not_null())
        .then(rested)
        .when(col("charge_changed").is_not_null())
        .then(anew)
    )


def _crosses(day: float) -> pl.Expr:
    """Whether the closing would move beyond a day."""
    return (col("closed") < day) & (col("closed") + col("later").fill_null(0) >= day)


def _moved(cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with everything where the delay leaves it.

    Others have no late change of hands and, if they were returned late, an early extension, so
    that these signs mean what they say.
    """
    later = col("later").fill_null(0.0)
    again = pl.when(col("leg") < col("returns") + 1).then(later).otherwise(0.0)
    early = col("extended_2").clip(upper_bound=col("start_2") + SOONEST_EXTENSION)
    return cases.with_columns(
        *(col(name) + later for name in FROM_THE_DECISION),
        *(col(name) + again for name in SECOND_RETURN),
        moved=pl.coalesce(
            "later_hands", col("moved").clip(upper_bound=col("opened") + LAST_HANDOVER)
        ),
        extended_2=pl.when("returned_late").then(early).otherwise("extended_2"),
    )


def _weekday(day: pl.Expr) -> pl.Expr:
    """The day, or the Monday after a weekend."""
    weekday = day.floor() % WEEK
    return day + pl.when(weekday >= SATURDAY).then(WEEK - weekday).otherwise(0)
