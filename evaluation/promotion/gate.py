"""Whether a freshly trained model may be used: its figures on later cases decide.

It must be worth using at all (`judge`), know at least what the champion knows (`succeeds`),
and not be worse than the champion by more than a margin on the same cases (`compare`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from cases.errors import Refused
from cases.numeric import Floats
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Outcome
from evaluation.statistics.metrics import REPLICATES, SEED
from evaluation.statistics.ranking import Ranking, draws, statistics
from models.bundle.bundle import Bundle
from models.questions.complexity import Complexity
from models.questions.question import Question
from models.questions.risk import Risk
from training.fit import fit_complexity, fit_risk, intake_table, risk_table
from training.labels import complexity_labels, finished_moments, reviewed_moments, risk_labels
from training.splits import Period, rolling_origin

CHANCE = 0.5  # AUC of a model that knows nothing
# Later cases with and without the outcome; on fewer an AUC of 0.7 has an interval of +-0.1
# and more, and a few cases more or less turn the verdict.
FEWEST = 30
# By how much a candidate may be worse than the champion, in each figure that is required.
MARGINS = {"auc": 0.03, "log_loss": 0.01, "calibration_error": 0.02}
HIGHER_IS_BETTER = {"auc"}
SCORES = pl.Schema(
    {
        "case_id": pl.String(),
        "y": pl.Int8(),
        "weight": pl.Float64(),
        "candidate": pl.Float64(),
        "champion": pl.Float64(),
    }
)
SURE = 0.95  # one-sided, of each figure: all must hold, so none needs to be surer (Berger 1982)


@dataclass(frozen=True)
class Comparison:
    """One figure of candidate and champion on the same cases.

    `worse` is by how much the candidate is worse (negative where it is better), `at_worst` the
    upper end of its one-sided 95 % interval.
    """

    figure: str
    candidate: float
    champion: float
    worse: float
    at_worst: float

    @property
    def holds(self) -> bool:
        """Whether the candidate is surely not worse by more than the margin."""
        return self.at_worst <= MARGINS[self.figure]

    def __str__(self) -> str:
        """The two figures, and what the candidate may lose at worst."""
        name = self.figure.replace("auc", "AUC").replace("_", " ")
        return (
            f"{name} {self.candidate:.3f} against {self.champion:.3f}, worse by at most "
            f"{self.at_worst:.3f} ({MARGINS[self.figure]:g} allowed)"
        )


@dataclass(frozen=True)
class Verdict:
    """Whether the model is promoted, the sentences that say why, and figures against the champion.

    `comparisons` is empty where the two could not be compared; `reason` then says why.
    """

    promoted: bool
    reason: str
    comparisons: tuple[Comparison, ...] = ()

    @property
    def figures(self) -> dict[str, float]:
        """The comparisons by name, as the registry keeps them."""
        return {
            f"gate.{one.figure}.{part}": getattr(one, part)
            for one in self.comparisons
            for part in ("candidate", "champion", "worse", "at_worst")
        }


EFFORT_ALONE = Verdict(
    True, "Only effort is estimated; nothing is decided by it but how loads are balanced."
)


def decide(
    tables: Tables,
    bundle: Bundle,
    champion: Bundle | None,
    outcome: Outcome | None,
    progress: Progress = silent,
) -> Verdict:
    """The verdict on `bundle`, whose backtest answered with `outcome`, before the `champion`.

    One that estimates nothing but effort has no outcome to be judged by.
    """
    if "risk" not in bundle and "complexity" not in bundle:
        return EFFORT_ALONE if champion is None else succeeds(bundle, champion)
    alone = judge(outcome)
    if not alone.promoted or champion is None:
        return alone
    successor = succeeds(bundle, champion)
    if not successor.promoted:
        return successor
    question = "risk" if "risk" in bundle else "complexity"
    if question not in champion:
        return replace(alone, reason=f"{alone.reason} The champion says nothing about {question}.")
    try:
        against = against_champion(later_scores(tables, bundle, champion, progress))
    except Refused as refused:
        reason = f"{alone.reason} It could not be compared with the champion: {refused}"
        return replace(alone, reason=reason)
    return replace(against, reason=f"{alone.reason} {against.reason}")


def judge(outcome: Outcome | None) -> Verdict:
    """Promote a model that ranks later cases better than chance, its interval included,
    and whose probabilities are worth at least as much as the plain rate (log loss), both
    on at least `FEWEST` cases with the outcome and as many without.

    `outcome` is how the backtest answered the question the model is for.
    """
    if outcome is None:
        return Verdict(False, "There are no later cases of known outcome to judge it by.")
    measures = outcome.pooled.measures
    auc, own = measures[MODEL].auc, measures[MODEL].log_loss.value
    rate = measures["base_rate"].log_loss.value
    positives = measures[MODEL].positives
    others = measures[MODEL].n - positives
    if min(positives, others) < FEWEST or auc.low is None or own is None or rate is None:
        return Verdict(False, f"{_too_few(positives, others)} to judge it by.")
    if auc.low <= CHANCE:
        reason = f"AUC {auc.value:.3f} on later cases may be no better than chance (0.5)"
        return Verdict(False, f"{reason}: its 95 % interval begins at {auc.low:.3f}.")
    if own > rate:
        reason = f"log loss {own:.4f} on later cases is above that of the plain rate"
        return Verdict(False, f"{reason} ({rate:.4f}).")
    reason = f"AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}) on later cases"
    return Verdict(True, f"{reason}; log loss {own:.4f} against {rate:.4f} of the plain rate.")


def succeeds(bundle: Bundle, champion: Bundle) -> Verdict:
    """Refuse a bundle that knows less than the champion: of earlier time, or lacking a model."""
    own, other = (datetime.fromisoformat(one.about["trained_until"]) for one in (bundle, champion))
    if own < other:
        reason = f"It knows what was known by {own:%Y-%m-%d}, the champion by {other:%Y-%m-%d}."
        return Verdict(False, reason)
    lost = sorted(set(champion.questions) - set(bundle.questions))
    if lost:
        return Verdict(False, f"It says nothing about {' and '.join(lost)}, the champion does.")
    return Verdict(True, "It knows at least what the champion knows.")


def later_scores(
    tables: Tables, bundle: Bundle, champion: Bundle, progress: Progress = silent
) -> pl.DataFrame:
    """Cases whose outcome neither score had seen, maybe none, as `SCORES`.

    Those whose outcome became known after the champion was trained and by the time the bundle
    was. The champion scores them as it stands. The bundle has seen them, so what scores them in
    its place is fitted the same way on what was known when the champion was trained and anew
    at the end of each quarter, before their outcome was known: the way of training is judged.
    """
    task = _Task.of(tables, bundle)
    begin, end = (datetime.fromisoformat(one.about["trained_until"]) for one in (champion, bundle))
    cases = task.labels(end).join(task.x, on=["case_id", "moment"])
    origins = list(_origins(begin, end))
    found = []
    for done, origin in enumerate(origins):
        progress("against the champion", done / len(origins))
        known_at = pl.col("known_at")
        asked = cases.filter((known_at > origin.after) & (known_at <= origin.until))
        if asked.height:
            scores = pl.Series("candidate", task.refitted(origin.after, asked))
            found.append(asked.with_columns(scores, champion=task.predicted(champion, asked)))
    progress("against the champion", 1.0)
    return pl.concat(found).select(SCORES.names()) if found else pl.DataFrame(schema=SCORES)


def against_champion(scores: pl.DataFrame) -> Verdict:
    """Whether the candidate holds against the champion on `later_scores`.

    With fewer than `FEWEST` cases of either outcome they are not compared and the champion stays:
    training again on the same tables is no reason to replace it.
    """
    positives = int(scores["y"].sum())
    others = scores.height - positives
    if min(positives, others) < FEWEST:
        reason = f"{_too_few(positives, others)} to compare it with the champion, which stays"
        return Verdict(False, f"{reason}. Train again when more outcomes are known.")
    compared = compare(*(scores[name] for name in ("y", "candidate", "champion", "weight")))
    failed = [one for one in compared if not one.holds]
    shown = "; ".join(map(str, failed or compared))
    known = f"on {scores.height:,} cases whose outcome became known after the champion was trained"
    if failed:
        return Verdict(False, f"It may be worse than the champion {known}: {shown}.", compared)
    return Verdict(True, f"It holds against the champion {known}: {shown}.", compared)


def compare(
    y: ArrayLike,
    candidate: ArrayLike,
    champion: ArrayLike,
    weight: ArrayLike,
    *,
    replicates: int = REPLICATES,
) -> tuple[Comparison, ...]:
    """Every figure of `MARGINS` for two sets of probabilities of the same cases.

    Intervals by a bootstrap over cases, the same cases drawn for both (paired, percentile;
    Efron and Tibshirani 1993): unlike DeLong's (1988), it takes weights, and the same draws
    serve every figure.
    """
    outcomes, weights = np.asarray(y, dtype=np.float64), np.asarray(weight, dtype=np.float64)
    both = [
        Ranking(outcomes, np.asarray(p, dtype=np.float64), weights) for p in (candidate, champion)
    ]
    once = [statistics(one, None, 1.0) for one in both]
    drawn = [
        [statistics(one, counts, 1.0) for one in both]
        for counts in draws(outcomes.size, replicates, SEED)
    ]
    return tuple(_compared(figure, once, drawn) for figure in MARGINS)


def _compared(
    figure: str, once: list[dict[str, Floats]], drawn: list[list[dict[str, Floats]]]
) -> Comparison:
    sign = -1.0 if figure in HIGHER_IS_BETTER else 1.0
    worse = np.concatenate([sign * (own[figure] - other[figure]) for own, other in drawn])
    at_worst = float(np.nanquantile(worse, SURE))
    own, other = (float(one[figure][0]) for one in once)
    return Comparison(figure, own, other, sign * (own - other), at_worst)


@dataclass(frozen=True)
class _Task:
    """The question a bundle is for: features of all labelled cases, and how to ask and learn."""

    tables: Tables
    x: pl.DataFrame
    risk: bool

    @classmethod
    def of(cls, tables: Tables, bundle: Bundle) -> _Task:
        until = datetime.fromisoformat(bundle.about["trained_until"])
        if "risk" not in bundle:
            return cls(tables, intake_table(tables, finished_moments(tables, until)), risk=False)
        return cls(tables, risk_table(tables, reviewed_moments(tables, until)), risk=True)

    def labels(self, until: datetime) -> pl.DataFrame:
        if self.risk:
            return risk_labels(self.tables, until)
        return complexity_labels(self.tables, until).with_columns(weight=pl.lit(1.0))

    def refitted(self, known_by: datetime, asked: pl.DataFrame) -> Floats:
        """Scores by a model of what was known by `known_by`."""
        fit = fit_risk if self.risk else fit_complexity
        return fit(self.x, self.labels(known_by), self.tables.office).predict(asked)

    def predicted(self, champion: Bundle, asked: pl.DataFrame) -> Floats:
        """Scores by the champion as it stands; `Refused` if it has no such model."""
        kind: type[Question] = Risk if self.risk else Complexity
        return champion.question(kind).answer(asked)[kind.estimate].to_numpy()


def _origins(begin: datetime, end: datetime) -> Iterator[Period]:
    """From `begin` to the end of its quarter, then quarter by quarter."""
    for quarter in rolling_origin(begin.date(), end.date(), "quarter"):
        if quarter.until > begin:
            yield Period(max(quarter.after, begin), quarter.until)


def _too_few(positives: int, others: int) -> str:
    few = f"{positives} later cases with the outcome and {others} without are too few"
    return f"{few} ({FEWEST} of each are needed)"
