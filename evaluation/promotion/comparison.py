"""Candidate and champions on the same later cases: scores, and figures with bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, inf

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from scipy.special import ndtri

from cases.language.messages import Sayable, _
from cases.numeric import Floats, Z
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from evaluation.statistics.metrics import REPLICATES, SEED, checked
from evaluation.statistics.ranking import Ranking, auc, draws, log_loss
from models.bundle.bundle import Bundle
from models.estimators.estimator import Estimator
from models.questions.complexity import ComplexityQuestion
from models.questions.question import Question
from models.questions.risk import RiskQuestion
from training.fit import Fit, fit_complexity, fit_risk
from training.labels import judged_labels
from training.once import fitted_once, opened_table, reviewed_table
from training.splits import Period, rolling_origin

# By how much a candidate may be worse than a champion, in each figure that is required. Whether
# its probabilities hold is judged by itself (`worth.py`); here log loss speaks for them.
MARGINS = {"auc": 0.03, "log_loss": 0.01}
HIGHER_IS_BETTER = {"auc"}
FIGURES = {"auc": auc, "log_loss": log_loss}
COMPARING = _("comparing with the champion")
FIGURE_NAMES: Mapping[str, Sayable] = {"auc": _("AUC"), "log_loss": _("log loss")}
SCORES = pl.Schema(
    {
        "case_id": pl.String(),
        "y": pl.Int8(),
        "weight": pl.Float64(),
        "candidate": pl.Float64(),
        "champion": pl.Float64(),
    }
)
MOST_MORE = 10  # times as many cases; more than that are not worth waiting for
ALPHA = 0.05  # chance that a candidate worse by the margin ever passes on the same outcomes


def stretch(attempt: int) -> float:
    """How many times as wide a 95% interval is made at an attempt on the same outcomes.

    The attempts share `ALPHA`: attempt k gets ALPHA / (k (k + 1)), and over all k that adds up
    to it. The first has the plain interval, whose upper end is passed with half of it.

    >>> [round(stretch(attempt), 2) for attempt in (1, 2, 5)]
    [1.0, 1.22, 1.5]
    """
    return float(-ndtri(ALPHA / (attempt * (attempt + 1)))) / Z


def more_cases(cases: int, wide: float, allowed: float) -> int | None:
    """About how many more than `cases` make an interval that reaches `wide` reach `allowed` only.

    It narrows with the square root of their number. Two digits; None where it would take more
    than `MOST_MORE` times as many, or no number would do.

    >>> more_cases(100, wide=0.04, allowed=0.02)
    300
    """
    more = cases * ((wide / allowed) ** 2 - 1) if allowed > 0 else inf
    return rounded_up(more) if more <= MOST_MORE * cases else None


def rounded_up(number: float) -> int:
    """A number that is only about right, to two digits.

    >>> rounded_up(301.2)
    310
    """
    step: int = 10 ** max(0, len(str(int(number))) - 2)
    return ceil(number / step - 1e-9) * step


@dataclass(frozen=True)
class Comparison:
    """One figure of candidate and champion on the same cases.

    `worse` is by how much the candidate is worse (negative where it is better), `at_worst` the
    upper end of its 95% interval, made wider from the second attempt on.
    """

    figure: str
    candidate: float
    champion: float
    worse: float
    at_worst: float

    @property
    def margin(self) -> float:
        """By how much the candidate may be worse."""
        return MARGINS[self.figure]

    @property
    def holds(self) -> bool:
        """Whether the candidate is surely not worse by more than the margin."""
        return self.at_worst <= self.margin

    @property
    def says(self) -> Sayable:
        """The two figures, and what the candidate may lose at worst, or surely gains."""
        values = {
            "figure": FIGURE_NAMES[self.figure],
            "candidate": self.candidate,
            "champion": self.champion,
        }
        if self.at_worst < 0:
            return _(
                "{figure} {candidate:.3f} against {champion:.3f}, better by at least {least:.3f}",
                **values,
                least=-self.at_worst,
            )
        return _(
            "{figure} {candidate:.3f} against {champion:.3f}, worse by at most {at_worst:.3f} "
            "({margin:.2f} allowed)",
            **values,
            at_worst=self.at_worst,
            margin=self.margin,
        )


def later_scores(
    tables: Tables,
    bundle: Bundle,
    champion: Bundle,
    best: Bundle | None = None,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Cases whose outcome no score had seen, maybe none, as `SCORES`; `best` where one is given.

    Those whose outcome became known after the champion was trained and by the time the bundle
    was. The champion scores them as it stands, and so does the `best` of those before it. The
    bundle has seen them, so what scores them in its place is fitted the same way on what was
    known when the champion was trained, and again at the end of each quarter, before their
    outcome was known: the way of training is judged.
    """
    question = _GateQuestion.of(tables, bundle)
    begin, end = trained_until(champion), trained_until(bundle)
    cases = question.labels(end).join(question.x, on=["case_id", "moment"])
    standing = {"champion": champion} | ({} if best is None else {"best": best})
    names = [*SCORES, *(name for name in standing if name not in SCORES)]
    origins, scored = list(_origins(begin, end)), []
    for done, origin in enumerate(origins):
        progress(COMPARING, done / len(origins))
        known_at = pl.col("known_at")
        later = cases.filter((known_at > origin.after) & (known_at <= origin.until))
        if later.height:
            scores = {name: question.predicted(one, later) for name, one in standing.items()}
            scores["candidate"] = question.refitted(origin.after, later)
            columns = [pl.Series(name, found) for name, found in scores.items()]
            scored.append(later.with_columns(columns).select(names))
    progress(COMPARING, 1.0)
    return pl.concat(scored) if scored else pl.DataFrame(schema=SCORES)


def trained_until(bundle: Bundle) -> datetime:
    """The moment whose knowledge the bundle was trained on."""
    return datetime.fromisoformat(bundle.about["trained_until"])


def compare(
    y: ArrayLike,
    candidate: ArrayLike,
    champion: ArrayLike,
    weight: ArrayLike,
    *,
    attempt: int = 1,
    replicates: int = REPLICATES,
) -> tuple[Comparison, ...]:
    """Every figure of `MARGINS` for two sets of probabilities of the same cases.

    Intervals by a bootstrap over cases, the same cases drawn for both (paired, percentile;
    Efron and Tibshirani 1993): unlike DeLong's (1988), it takes weights, and the same draws
    serve every figure. All figures must hold, so that none needs a wider interval for the
    number of them (Berger 1982); `attempt` widens it for the number of tries (`stretch`).
    """
    own, other = (Ranking(*checked(y, p, weight)) for p in (candidate, champion))
    drawn: dict[str, list[Floats]] = {figure: [] for figure in FIGURES}
    for counts in draws(own.y.size, replicates, SEED):
        for name, figure in FIGURES.items():
            drawn[name].append(figure(own, counts) - figure(other, counts))
    return tuple(
        _compared(name, own, other, np.concatenate(differences), stretch(attempt))
        for name, differences in drawn.items()
    )


def _compared(
    name: str, own: Ranking, other: Ranking, differences: Floats, wider: float
) -> Comparison:
    """The comparison of one figure; `differences` are those of every replicate."""
    sign = -1.0 if name in HIGHER_IS_BETTER else 1.0
    candidate, champion = (float(FIGURES[name](one, one.once)[0]) for one in (own, other))
    worse = sign * (candidate - champion)
    upper = float(np.nanquantile(sign * differences, 1 - ALPHA / 2))
    return Comparison(name, candidate, champion, worse, worse + wider * (upper - worse))


@dataclass(frozen=True)
class _GateQuestion:
    """The question a bundle is for: features of all labelled cases, how to learn and answer."""

    tables: Tables
    x: pl.DataFrame
    risk: bool

    @classmethod
    def of(cls, tables: Tables, bundle: Bundle) -> _GateQuestion:
        until = trained_until(bundle)
        if bundle.judged != "risk":
            return cls(tables, opened_table(tables, until), risk=False)
        return cls(tables, reviewed_table(tables, until), risk=True)

    def labels(self, until: datetime) -> pl.DataFrame:
        return judged_labels(self.tables, "risk" if self.risk else "complexity", until)

    def refitted(self, known_by: datetime, cases: pl.DataFrame) -> Floats:
        """Scores by a model of what was known by `known_by`."""
        fit: Fit[Estimator] = fit_risk if self.risk else fit_complexity
        fitted = fitted_once(self.tables, fit)
        return fitted(self.x, self.labels(known_by), self.tables.office).predict(cases)

    def predicted(self, champion: Bundle, cases: pl.DataFrame) -> Floats:
        """Scores by the champion as it stands; `Refused` if it has no such model."""
        kind: type[Question] = RiskQuestion if self.risk else ComplexityQuestion
        return champion.question(kind).answer(cases)[kind.estimate].to_numpy()


def _origins(begin: datetime, end: datetime) -> Iterator[Period]:
    """From `begin` to the end of its quarter, then quarter by quarter."""
    for quarter in rolling_origin(begin.date(), end.date(), "quarter"):
        if quarter.until > begin:
            yield Period(max(quarter.after, begin), quarter.until)
