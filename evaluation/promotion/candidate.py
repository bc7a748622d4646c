"""A candidate: trained, tried on later cases, registered, and promoted if the gate agrees.

The command line and a scheduled run call the same function, `train_candidate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from cases.errors import Refused
from cases.language.messages import _, sentences
from cases.progress import Progress
from cases.tables.tables import Frame, Tables, moments_of, rows
from evaluation.backtests.backtest import Backtest
from evaluation.leaks.finder import as_kept, find_leaks, refuse_blatant
from evaluation.promotion.gate import Verdict, decide
from evaluation.promotion.last_year import last_year_backtest, last_year_efforts
from evaluation.promotion.past import before
from features.as_of import closing_moments
from models.bundle.bundle import Bundle
from models.registry import Registry, Version, What, office_name
from training.run import train

REGISTERING = _("registering the model")
COMPARED = 20  # cases on which a kept model must answer as the fitted one
METRICS = ("auc", "average_precision", "lift", "log_loss", "brier", "calibration_error")


@dataclass(frozen=True)
class Trained:
    """A bundle, how it did on later cases, and whether it may be used."""

    bundle: Bundle
    backtest: Backtest
    version: Version
    verdict: Verdict


def train_candidate(
    tables: Tables, registry: Registry, until: datetime, progress: Progress
) -> Trained:
    """Fit, try on the last year of known outcomes, register, and promote if the gate agrees.

    The gate judges risk; complexity where it is alone. The verdict, its reason and figures are
    kept with the version. `Refused` if a column knows too much and the office file does not
    accept that, or if what was registered cannot be loaded again, or answers differently from
    what was fitted.
    """
    bundle = _fitted(tables, until, progress)
    tested = last_year_backtest(registry.home, tables, bundle, progress)
    if tables.data_hash:  # made now, so that a report only reads it
        last_year_efforts(registry.home, tables, bundle, progress)
    version = _registered(tables, registry, bundle, tested, progress)
    verdict = _verdict(tables, registry, bundle, tested, progress)
    _decided(registry, version, verdict)
    return Trained(bundle, tested, version, verdict)


def _fitted(tables: Tables, until: datetime, progress: Progress) -> Bundle:
    """A bundle that keeps what the leak finder found before it was trained."""
    leaks = find_leaks(tables, until, progress)
    refuse_blatant(tables.office, leaks)
    bundle = train(tables, until, progress)
    return replace(bundle, about={**bundle.about, "leaks": as_kept(tables.office, leaks)})


def _registered(
    tables: Tables, registry: Registry, bundle: Bundle, tested: Backtest, progress: Progress
) -> Version:
    """The version the bundle was kept as, once it has answered as the bundle does."""
    progress(REGISTERING, 0.0)
    version = registry.log(bundle, office_name(tables.office), pooled_metrics(tested))
    until = datetime.fromisoformat(bundle.about["trained_until"])
    confirm(tables, bundle, registry.load(version, tables.office), until)
    progress(REGISTERING, 1.0)
    return version


def _verdict(
    tables: Tables, registry: Registry, bundle: Bundle, tested: Backtest, progress: Progress
) -> Verdict:
    """The gate's verdict; where there is a champion that cannot be loaded, it says so."""
    earlier, note = before(registry, tables.office, bundle)
    verdict = decide(tables, bundle, tested, earlier, progress)
    return verdict if note is None else replace(verdict, reason=sentences(verdict.reason, note))


def _decided(registry: Registry, version: Version, verdict: Verdict) -> None:
    """Promote, if it is so decided, and keep the decision with the version."""
    what: What = "promoted" if verdict.promoted else "refused"
    if verdict.promoted:  # first: what is recorded has happened, even if interrupted between
        registry.promote(version)
    registry.record(version, what, verdict.reason, verdict.figures)


def confirm(tables: Tables, fitted: Bundle, kept: Bundle, until: datetime) -> None:
    """`Refused` unless `kept` answers as `fitted` on the cases closed last by `until`."""
    closed = rows(closing_moments(tables, after=None, until=until))
    moments = moments_of(closed.sort("moment", "case_id").tail(COMPARED))
    pairs = zip(_answers(fitted, tables, moments), _answers(kept, tables, moments), strict=True)
    if not all(fitted_answer.equals(kept_answer) for fitted_answer, kept_answer in pairs):
        raise Refused(_("The model as it was kept gives other answers than as it was fitted."))


def _answers(bundle: Bundle, tables: Tables, moments: Frame) -> Iterator[pl.DataFrame]:
    for question in sorted(bundle.questions):
        yield bundle.predict(question, tables, moments)


def pooled_metrics(tested: Backtest) -> dict[str, float]:
    """The model's and the baselines' pooled figures, as the registry keeps them."""
    named = {"risk": tested.risk, "complexity": tested.complexity}
    metrics = {
        f"{question}.{estimator}.{metric}": getattr(measures, metric).value
        for question, outcome in named.items()
        if outcome is not None
        for estimator, measures in outcome.pooled.measures.items()
        for metric in METRICS
    }
    return {name: float(value) for name, value in metrics.items() if value is not None}
