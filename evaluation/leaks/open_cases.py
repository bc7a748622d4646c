"""Columns said to be known at intake that are different, or blank, in open cases.

The table holds one value per case, so its changes cannot be seen. What an open case has is the
value as of a time nearer to its intake; open and closed cases of the same time stand in for the
same case early and late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from scipy.stats import norm

from cases.language.messages import _
from cases.numeric import Flags, Floats
from cases.office.model import INTAKE, Office
from evaluation.leaks.areas import FALSE_ALARM, PRIOR_CASES, areas, binned, cross_tried
from evaluation.leaks.filling import CERTAIN, NOTABLE, filled_unevenly
from evaluation.leaks.findings import BY_CLOSING, OUTCOMES, Finding, Severity, finding
from evaluation.leaks.pairs import GROUP, HALF, STRATUM, OpenAndClosed
from evaluation.leaks.power import LabelledQuestion
from evaluation.statistics.ranking import pairs_in_order
from features.as_of import known_when

TELLING = 0.65  # AUC below which there is little that could collapse
DRAWS = 2_000


def unlike_when_open(pairs: OpenAndClosed, office: Office) -> Iterator[Finding]:
    """Columns said to be known at intake whose values differ between open and closed cases."""
    of_time, of_age = _distinguishing(pairs.of_time, office), _distinguishing(pairs.of_age, office)
    for name in of_time:
        if name in of_age:
            sure = of_time[name].severity == of_age[name].severity == "blatant"
            yield replace(of_time[name], severity="blatant" if sure else "suspicious")


def _distinguishing(pairs: pl.DataFrame, office: Office) -> dict[str, Finding]:
    """The columns by which the open cases of `pairs` can be distinguished from the closed ones."""
    names = at_intake(office)
    filled = filled_unevenly(pairs, office, names, BY_CLOSING)
    findings = {finding.column: finding for finding in filled}
    group, stratum = pairs[GROUP].to_numpy(), pairs.select(pl.struct(STRATUM, HALF)).to_series()
    scores = cross_tried(pairs.select(names), group, pairs[HALF].to_numpy())
    for name, area in areas(scores, group, stratum, among=len(names)).items():
        if area.low >= NOTABLE and name not in findings:
            severity: Severity = "blatant" if area.low >= CERTAIN else "suspicious"
            evidence = _(
                "By this column alone {m:,} open cases can be distinguished from {n:,} {rest}: AUC "
                "{value:.2f} (at least {low:.2f}; a fact known at intake gives about 0.5).",
                m=area.inside,
                n=area.outside,
                rest=BY_CLOSING.rest,
                value=area.value,
                low=area.low,
            )
            findings[name] = finding(office, name, severity, evidence)
    return findings


def worthless_when_fresh(
    cases: pl.DataFrame, pairs: OpenAndClosed, office: Office, question: LabelledQuestion
) -> Iterator[Finding]:
    """Columns said to be known at intake whose power is not in the values of open cases.

    How often each value goes with the outcome is learnt from labelled cases. From that and from
    how often a group of cases has each value follows the AUC the column would reach there.
    """
    labelled, names = question.labels.join(cases, on="case_id"), at_intake(office)
    of_time = _collapsed(pairs.of_time, labelled, names)
    of_age = _collapsed(pairs.of_age, labelled, names)
    for name in of_time:
        if name in of_age:
            closed, fresh = of_time[name]
            evidence = _(
                "Alone it ranks cases by {outcome} with an AUC of {closed:.2f} with the values of "
                "the slowest closed cases, and of {fresh:.2f} with those of open cases of the same "
                "time.",
                outcome=OUTCOMES[question.name],
                closed=closed,
                fresh=fresh,
            )
            yield finding(office, name, "suspicious", evidence)


def _collapsed(
    pairs: pl.DataFrame, labelled: pl.DataFrame, names: list[str]
) -> dict[str, tuple[float, float]]:
    """The columns that lose half of their power, with their AUC in closed and in open cases."""
    if pairs.is_empty():
        return {}
    y, open_cases = labelled["y"].to_numpy() == 1, pairs[GROUP].to_numpy()
    both = pl.concat([labelled.select(names), pairs.select(names)])
    every = binned(both, np.arange(both.height) < y.size)
    found = {}
    for name, bins in zip(names, every.T, strict=True):
        closed, fresh, lost = collapse(bins, y, open_cases, among=len(names))
        if closed >= TELLING and lost:
            found[name] = closed, fresh
    return found


def at_intake(office: Office) -> list[str]:
    """The columns said to be known at intake, but for the kind, by which cases are compared."""
    columns = ["unit", "handler", *office.attributes]
    return [name for name in columns if known_when(office, name) == INTAKE]


def collapse(bins: Floats, y: Flags, open_cases: Flags, *, among: int) -> tuple[float, float, bool]:
    """The AUC of a column as closed and as open cases have it, and whether half of it is lost.

    `bins` are the column's, of the cases with outcome `y` and then of those that are open or not.
    A group's shares of the values are drawn from their posterior; before any open case is seen,
    they are as among closed ones. One of `among` comparisons.
    """
    _levels, level = np.unique(bins, return_inverse=True)
    size = int(level.max()) + 1
    labelled, compared = level[: y.size], level[y.size :]
    # How often each value goes with the outcome, drawn towards the rate of all.
    rate = np.bincount(labelled, y, size) + PRIOR_CASES * y.mean()
    rate = rate / (np.bincount(labelled, minlength=size) + PRIOR_CASES)
    # How often closed and open cases have each value; the closed ones are the prior of both.
    closed = np.bincount(compared[~open_cases], minlength=size)
    prior = closed / closed.sum()
    there = implied_areas(closed + prior, rate)
    here = implied_areas(np.bincount(compared[open_cases], minlength=size) + prior, rate)
    # Lost if half of the power (AUC - 1/2) in closed cases is surely more than that in open ones.
    fall = (there - 0.5) / 2 - (here - 0.5)
    lost = fall.mean() > norm.isf(FALSE_ALARM / among) * fall.std()
    return float(there.mean()), float(here.mean()), bool(lost)


def implied_areas(counts: Floats, rate: Floats) -> Floats:
    """Draws of the AUC of values seen so often that go with the outcome at such a rate.

    Shares of the values are drawn from the Dirichlet distribution of `counts`, shape (values,).

    >>> round(float(implied_areas(np.array([1e9, 1e9]), np.array([0.0, 1.0])).mean()), 3)
    1.0
    """
    rates, level = np.unique(rate, return_inverse=True)
    seen = np.maximum(np.bincount(level, counts), 1e-9)
    share = np.random.default_rng(0).dirichlet(seen, size=DRAWS)[:, ::-1].T  # highest rate first
    positive = share * rates[::-1, None]
    right, every_pair = pairs_in_order(positive, share - positive)
    return right / every_pair
