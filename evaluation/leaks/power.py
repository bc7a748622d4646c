"""Columns that rank an outcome too well to have been known before it.

The rule: alone, on later cases than it learnt from, a column surely ranks better than all the
others together. A column that also ranks better than `PLAUSIBLE` is blatant, another suspicious.
Columns above that bound are not among "the others", so that two copies of one leak do not excuse
each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import polars as pl
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from cases.language.messages import _, listed
from cases.numeric import Flags, Floats
from cases.tables.tables import Frame, Tables, moments_of, rows
from evaluation.leaks.areas import Area, areas, cross_tried, tried_on
from evaluation.leaks.findings import OUTCOMES, Finding, Severity, finding
from evaluation.statistics.metrics import Figure, auc_gain
from features.build import build
from features.catalogue import catalogue, intake_features, risk_features
from features.feature import OfEvents
from policies.seeds import tickets
from training.labels import complexity_labels, risk_labels

# All causes of the demo office together, the hidden ones too, reach 0.81 (docs/demo_office.md).
PLAUSIBLE = 0.8
CERTAIN = 0.95  # with this, whatever else there is
TELLING = 0.7  # below it a column knows little, whatever the others know
MOST = 10_000  # labelled cases looked at
FEWEST = 10  # older and later cases of either outcome; so few make bounds wide by themselves
OLDER = 0.5  # share of the cases that is learnt from: one column is learnt quickly
REPLICATES = 400  # of the bootstrap
PAIR = 2  # features that can be parts of something
NEARLY = 0.01  # of the AUC that a few features may fall short of all
SEED = "leaks"


@dataclass(frozen=True)
class LabelledQuestion:
    """An outcome, the labelled cases and the features that are tried on it."""

    name: str
    labels: pl.DataFrame
    features: tuple[str, ...]


def questions(tables: Tables, until: datetime) -> Iterator[LabelledQuestion]:
    """The outcomes with cases enough to say anything, as known by `until`."""
    ways: dict[str, tuple[Callable[[Tables, datetime], pl.DataFrame], tuple[str, ...]]] = {
        "risk": (risk_labels, risk_features(tables.office)),
        "complexity": (complexity_labels, intake_features(tables.office)),
    }
    for name, (labelled, features) in ways.items():
        labels = drawn(labelled(tables, until), MOST).sort("moment", "case_id")
        y = labels["y"].to_numpy() == 1
        old = older(labels.height)
        counts = [part.sum() for part in (y & old, ~y & old, y & ~old, ~y & ~old)]
        if min(counts) >= FEWEST:
            yield LabelledQuestion(name, labels.select("case_id", "moment", "y"), features)


def drawn(cases: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many of the cases, always the same ones."""
    if cases.height <= most:
        return cases
    ticket = tickets(SEED, cases["case_id"].to_list())[:, 0]
    return cases[np.sort(np.argsort(ticket)[:most])]


def older(height: int) -> Flags:
    """Which of so many cases, in order of time, are learnt from."""
    return np.arange(height) < OLDER * height


class Trial:
    """The features of one question, each tried alone on the later cases."""

    def __init__(self, tables: Tables, question: LabelledQuestion) -> None:
        self.tables, self.question = tables, question
        self.x = self._built(moments_of(question.labels), question.features)
        self.y = question.labels["y"].to_numpy() == 1
        self.old = older(self.y.size)

    def _built(self, moments: Frame, names: Sequence[str]) -> pl.DataFrame:
        """The features in the order of the labels; a moment need not be theirs."""
        built = rows(build(self.tables, moments, names)).drop("moment")
        ids = self.question.labels.select("case_id")
        return ids.join(built, on="case_id", how="left", maintain_order="left").drop("case_id")

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Log-odds of the later cases by each feature alone."""
        return tried_on(self.x, self.y, self.old, ~self.old)

    @cached_property
    def alone(self) -> dict[str, Area]:
        """How well each feature alone ranks the later cases."""
        return areas(self.scores, self.y[~self.old], among=self.scores.width)

    @cached_property
    def learnt(self) -> pl.DataFrame:
        """Log-odds of the older cases by each feature alone, each learnt from other cases."""
        half = np.arange(int(self.old.sum())) % 2 == 0
        return cross_tried(self.x.filter(self.old), self.y[self.old], half)

    def gain(self, name: str, others: Sequence[str]) -> Figure:
        """By how much the feature alone ranks the later cases better than the others together.

        Their log-odds are added up with weights (stacking, Wolpert 1992).
        """
        alone, together = expit(self.scores[name].to_numpy()), expit(self._together(others))
        return auc_gain(self.y[~self.old], alone, together, replicates=REPLICATES)

    def _together(self, names: Sequence[str]) -> Floats:
        """Log-odds of the later cases by these features together; all zero without features."""
        if not names:
            return np.zeros(self.scores.height)
        model = LogisticRegression(solver="newton-cholesky")
        model.fit(self.learnt.select(names).to_numpy(), self.y[self.old])
        return np.asarray(model.decision_function(self.scores.select(names).to_numpy()))

    def joint(self, names: Sequence[str]) -> Area:
        """How well features together rank the later cases."""
        scores = pl.DataFrame({"together": self._together(names)})
        return areas(scores, self.y[~self.old], among=1)["together"]

    def fewest(self, names: Sequence[str]) -> list[str]:
        """Of these features the strongest that together reach nearly what all reach."""
        goal = self.joint(names).value - NEARLY
        ordered = sorted(names, key=lambda name: -self.alone[name].value)
        few = PAIR
        while self.joint(ordered[:few]).value < goal:
            few += 1
        return sorted(ordered[:few])

    def a_day_before(self, names: Sequence[str]) -> dict[str, Area]:
        """As `alone`, with the features of the later cases a day before their moment."""
        day = pl.col("moment") - timedelta(days=1)
        earlier = self._built(moments_of(self.question.labels.with_columns(day)), names)
        both = pl.concat([self.x.select(names).filter(self.old), earlier.filter(~self.old)])
        scores = tried_on(both, self.y, self.old, ~self.old)
        return areas(scores, self.y[~self.old], among=len(self.alone))


def knowing_alone(tables: Tables, trial: Trial) -> Iterator[Finding]:
    """Features that alone rank the outcome better than is plausible."""
    plausible = [name for name, area in trial.alone.items() if area.low < PLAUSIBLE]
    for name, area in trial.alone.items():
        if area.low < TELLING:
            continue
        others = [other for other in plausible if other != name]
        gain = trial.gain(name, others)
        severity = too_good(area.low, gain)
        if severity is not None and gain.value is not None:
            evidence = _(
                "Alone it ranks later cases by {outcome} with an AUC of {value:.2f} (at least "
                "{low:.2f}); the {others} other columns together reach {joint:.2f} (it is better "
                "by {more:.2f} at least).",
                outcome=OUTCOMES[trial.question.name],
                value=area.value,
                low=area.low,
                others=len(others),
                joint=area.value - gain.value,
                more=gain.low,
            )
            yield finding(tables.office, name, severity, evidence)


def knowing_together(tables: Tables, trial: Trial) -> Iterator[Finding]:
    """Features none of which knows too much, and that together are as good as the outcome.

    The parts of a sum are so, such as the counts of a case's grades. Of all features the
    strongest are named that rank cases nearly as well as all do.
    """
    modest = [name for name, area in trial.alone.items() if area.low < PLAUSIBLE]
    if len(modest) < PAIR or trial.joint(modest).low < CERTAIN:
        return
    names = trial.fewest(modest)
    area = trial.joint(names)
    evidence = _(
        "{columns} together rank later cases by {outcome} with an AUC of {value:.2f} (at least "
        "{low:.2f}); the best of them alone reaches {best:.2f}.",
        columns=listed(name.removeprefix("attribute.") for name in names),
        outcome=OUTCOMES[trial.question.name],
        value=area.value,
        low=area.low,
        best=max(trial.alone[name].value for name in names),
    )
    for name in names:
        yield finding(tables.office, name, "blatant", evidence)


def too_good(low: float, gain: Figure) -> Severity | None:
    """What to make of a column by the lower bound of its AUC and its gain over all others."""
    if gain.value is None or gain.low is None:
        return None
    surely = gain.low > 0
    if low >= CERTAIN or (low >= PLAUSIBLE and surely):
        return "blatant"
    return "suspicious" if surely or (low >= PLAUSIBLE and gain.value > 0) else None


def knowing_on_the_last_day(tables: Tables, trial: Trial) -> Iterator[Finding]:
    """Features of a case's events that a day before closing knew less than half of it.

    Attributes known at closing are left out: they are declared to come then.
    """
    known = catalogue(tables.office)
    telling = [
        name
        for name, area in trial.alone.items()
        if area.low >= TELLING and any(isinstance(part, OfEvents) for part in known[name].inputs)
    ]
    if trial.question.name != "risk" or not telling:
        return
    for name, before in trial.a_day_before(telling).items():
        now = trial.alone[name]
        if 2 * (before.high - 0.5) < now.low - 0.5:
            evidence = _(
                "Alone it ranks later cases by {outcome} with an AUC of {value:.2f} at closing, "
                "and of {before:.2f} (at most {high:.2f}) a day earlier: what it knows came on the "
                "last day.",
                outcome=OUTCOMES["risk"],
                value=now.value,
                before=before.value,
                high=before.high,
            )
            yield finding(tables.office, name, "suspicious", evidence)
