"""How a kept model has done since it was trained: on outcomes that it cannot have seen.

A backtest judges the way of training on the time before; this judges the very model in use, on
all outcomes known now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _, ngettext, sentences
from cases.progress import Progress, silent
from cases.tables.tables import Tables, moments_of
from evaluation.backtests.answers import FEWEST_TO_JUDGE, surely_off
from evaluation.backtests.backtest import MODEL, Outcome
from evaluation.backtests.performance import honest, with_reviews
from evaluation.backtests.strata import CHANCE
from evaluation.statistics.metrics import Measures, measure
from evaluation.statistics.saying import number, with_interval
from models.bundle.bundle import Bundle
from models.questions.risk import RiskQuestion
from training.labels import judged_labels, risk_labels


@dataclass(frozen=True)
class Since:
    """How a model did on the `cases` whose outcome became known after `trained`.

    `whole` are the figures on all of them, `drawn` on reviews of known inclusion probability,
    which stand for all cases, `picked` on the others; None with fewer than `FEWEST_TO_JUDGE` cases
    of either outcome. `promised` is the AUC of the backtest, None without one.
    """

    trained: date
    cases: int
    positives: int
    whole: Measures | None
    drawn: Measures | None
    picked: Measures | None
    promised: float | None

    @property
    def deciding(self) -> Measures | None:
        """The figures that decide: on cases drawn at random if there are enough, else on all."""
        return self.drawn or self.whole

    @property
    def lost(self) -> bool:
        """Whether its order may by now be no better than chance."""
        return self.deciding is not None and not self.deciding.auc.surely_above(CHANCE)

    @property
    def worse(self) -> bool:
        """Whether it surely ranks worse than in its backtest."""
        if self.deciding is None or self.promised is None:
            return False
        return self.deciding.auc.surely_below(self.promised)

    @property
    def off(self) -> bool:
        """Whether its probabilities are surely off by more than is allowed."""
        return self.deciding is not None and surely_off(self.deciding)

    @property
    def says(self) -> Sayable:
        """What the figures say of the model, or that they are too few to say anything."""
        found = self.deciding
        if found is None or found.auc.value is None:
            return self._says_too_few()
        figures = _(
            "AUC {auc}, lift {lift}.",
            auc=with_interval(found.auc, ".3f"),
            lift=number(found.lift),
        )
        return sentences(self.says_order, figures, self.says_level)

    @property
    def says_order(self) -> Sayable:
        """Whether its order has held."""
        if self.lost:
            return _("Since it was trained it may have ranked no better than chance.")
        if self.worse:
            return _(
                "Since it was trained it has ranked worse than when it was tried (AUC "
                "{promised:.3f}).",
                promised=self.promised,
            )
        return _("Since it was trained its order has held.")

    @property
    def says_level(self) -> Sayable:
        """What was expected and found, and whether its probabilities are surely off by that."""
        rate, bias = (
            0.0 if self.deciding is None else getattr(self.deciding, name).value or 0.0
            for name in ("base_rate", "bias")
        )
        values = {"expected": rate + bias, "found": rate}
        if self.off:
            return _(
                "Since then its probabilities are off: {expected:.1%} expected, {found:.1%} found.",
                **values,
            )
        return _("{expected:.1%} were expected, {found:.1%} found.", **values)

    def _says_too_few(self) -> Sayable:
        return _(
            "Since it was trained {cases:,} outcomes became known that it had not seen, "
            "{positives:,} of them with what it estimates: too few to judge it by ({needed} with "
            "and as many without are needed).",
            cases=self.cases,
            positives=self.positives,
            needed=FEWEST_TO_JUDGE,
        )


def since_training(
    tables: Tables, bundle: Bundle, question: str, tried: Outcome | None, until: datetime
) -> Since:
    """How `bundle` answered `question` on the outcomes known by `until` that it had not seen.

    `tried` is how the question was answered in the backtest; None if it was not.
    """
    share = tables.office.spot_checks.capacity_share
    scores = _unseen_scores(tables, bundle, question, until)
    drawn = picked = None
    if question == "risk":
        apart = honest(with_reviews(tables, scores, until), share)
        drawn, picked = _enough(apart.surveyed), _enough(apart.targeted)
    return Since(
        trained=datetime.fromisoformat(bundle.about["trained_until"]).date(),
        cases=scores.height,
        positives=int(scores["y"].sum()),
        whole=_enough(measure(scores["y"], scores[MODEL], scores["weight"], share=share)),
        drawn=drawn,
        picked=picked,
        promised=None if tried is None else tried.pooled.measures[MODEL].auc.value,
    )


def out_of_time_risks(
    tables: Tables,
    bundle: Bundle,
    as_of: datetime,
    closed_after: datetime | None = None,
    progress: Progress = silent,
) -> tuple[pl.DataFrame, int]:
    """Risk, and outcome, of cases whose outcome known by `as_of` it has not seen.

    Columns as of `RiskQuestion.score`, `known_at` and `defect` (0 or 1). With it, how many cases
    are left out because their outcome was known when the model was trained. `Refused` where
    there is no outcome in that time, or none that it has not seen.
    """
    labels = risk_labels(tables, as_of)
    if closed_after is not None:
        labels = labels.filter(pl.col("moment") > closed_after)
    later = unseen(labels, bundle)
    if later.is_empty():
        raise _nothing_unseen(labels.height, bundle, as_of)
    moments = moments_of(later.select("case_id", "moment"))
    risks = bundle.question(RiskQuestion).score_at(tables, moments, as_of, progress)
    outcomes = later.select("case_id", "known_at", defect="y")
    return risks.join(outcomes, on="case_id", maintain_order="left"), labels.height - later.height


def _nothing_unseen(seen: int, bundle: Bundle, as_of: datetime) -> Refused:
    """Why there is no case to judge the model by."""
    trained = datetime.fromisoformat(bundle.about["trained_until"]).date()
    if not seen:
        return Refused(_("No case of that time has an outcome by {as_of}.", as_of=as_of.date()))
    return Refused(
        ngettext(
            "The model has learnt from the outcome of the only such case. Only outcomes that "
            "became known after {trained} can judge it.",
            "The model has learnt from the outcomes of all {count:,} such cases. Only outcomes "
            "that became known after {trained} can judge it.",
            seen,
            trained=trained,
        )
    )


def unseen(labels: pl.DataFrame, bundle: Bundle) -> pl.DataFrame:
    """Those of `labels` whose outcome became known after `bundle` was trained."""
    return labels.filter(pl.col("known_at") > datetime.fromisoformat(bundle.about["trained_until"]))


def _unseen_scores(tables: Tables, bundle: Bundle, question: str, until: datetime) -> pl.DataFrame:
    """`case_id, moment, y, weight` and the model's probability."""
    later = unseen(judged_labels(tables, question, until), bundle).select(
        "case_id", "moment", "y", "weight"
    )
    answers = bundle.predict(question, tables, moments_of(later.select("case_id", "moment")))
    estimate = bundle.questions[question].estimate
    scores = answers.select("case_id", "moment", pl.col(estimate).alias(MODEL))
    return later.join(scores, on=["case_id", "moment"]).sort("moment", "case_id")


def _enough(measures: Measures | None) -> Measures | None:
    if measures is None:
        return None
    fewest = min(measures.positives, measures.n - measures.positives)
    return measures if fewest >= FEWEST_TO_JUDGE else None
