"""A candidate: trained, tried on later cases, registered, and promoted if the gate agrees.

The command line and a scheduled run call the same function, `train_candidate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cases.errors import Refused
from cases.language.messages import Sayable, _, sentences
from cases.progress import Progress
from cases.tables.tables import Tables, moments_of, rows
from evaluation.backtests.alerts.against_clock import TRIED
from evaluation.backtests.alerts.against_clock import as_kept as tried_kept
from evaluation.backtests.alerts.backtest import tried
from evaluation.backtests.alerts.overruns import asked_clocks
from evaluation.backtests.backtest import Backtest
from evaluation.leaks.finder import as_kept, find_leaks, refuse_blatant
from evaluation.promotion.gate import Verdict
from evaluation.promotion.last_year import last_year_backtest, last_year_efforts
from evaluation.promotion.past import before
from evaluation.promotion.same_past import keep
from evaluation.promotion.start import decide_on, instead_of
from evaluation.proxies.check import as_kept as proxies_kept
from evaluation.proxies.check import find_proxies, from_kept
from evaluation.proxies.words import warning
from features.as_of import open_moments, risk_moments
from models.bundle.bundle import Bundle
from models.questions.overruns import OverrunQuestion
from models.questions.risk import RiskQuestion
from models.registry import Registry, Version, What, office_name
from training.run import train

REGISTERING = _("registering the model")
COMPARED = 20  # cases on which a kept model must answer as the fitted one
METRICS = ("auc", "average_precision", "lift", "log_loss", "brier", "calibration_error")


@dataclass(frozen=True)
class Instead:
    """What was made champion in place of a refused candidate, and why."""

    version: Version
    verdict: Verdict


@dataclass(frozen=True)
class Trained:
    """A bundle, how it did on later cases, and whether it may be used.

    `instead` is there if it may not and no fitted model of risk is in use.
    """

    bundle: Bundle
    backtest: Backtest
    version: Version
    verdict: Verdict
    instead: Instead | None = None


def train_candidate(
    tables: Tables, registry: Registry, until: datetime, progress: Progress, corrected: str = ""
) -> Trained:
    """Fit, try on the last year of known outcomes, register, and promote if the gate agrees.

    The gate judges risk; complexity where no model of risk was fitted. Where it does not agree and
    no fitted model of risk is in use, what needs no such model is registered before it and
    promoted (`evaluation/promotion/start.py`), so that there is always something to plan by. The
    verdict, its reason and figures are kept with the version, and what it learnt from beside it;
    `corrected` says why that may differ from what the champion learnt from. `Refused` if a column
    knows too much and the office file does not accept that, or if what was registered cannot be
    loaded again, or answers differently from what was fitted.
    """
    bundle = _fitted(tables, until, progress)
    tested = last_year_backtest(registry.home, tables, bundle, progress)
    if tables.data_hash:  # made now, so that a report only reads it
        last_year_efforts(registry.home, tables, bundle, progress)
    earlier, note = before(registry, tables.office, bundle, corrected)
    verdict = decide_on(tables, bundle, earlier, tested, progress)
    verdict = _with_notes(verdict, note, warning(tables.office, from_kept(bundle.about) or ()))
    instead, refused = None, not verdict.promoted
    if refused and (found := instead_of(tables, bundle, earlier, tested, progress)):
        other, said = found
        instead = Instead(_kept(tables, registry, other, {}, said, progress), said)
    version = _kept(tables, registry, bundle, pooled_metrics(tested), verdict, progress)
    return Trained(bundle, tested, version, verdict, instead)


def _fitted(tables: Tables, until: datetime, progress: Progress) -> Bundle:
    """A bundle that keeps what the leak finder found before it, and what was tried after it.

    That is the proxy check, and predictions of overruns beside the clock alone.
    """
    leaks = find_leaks(tables, until, progress)
    refuse_blatant(tables.office, leaks)
    bundle = train(tables, until, progress)
    found: dict[str, object] = {"leaks": as_kept(tables.office, leaks)}
    if bundle.judged == RiskQuestion.code:
        names = bundle.questions[RiskQuestion.code].names
        found["proxies"] = proxies_kept(find_proxies(tables, until, names, progress))
    if OverrunQuestion.code in bundle:
        found[TRIED] = tried_kept(tried(tables, until, progress))
    return replace(bundle, about={**bundle.about, **found})


def _with_notes(verdict: Verdict, *notes: Sayable | None) -> Verdict:
    said = [note for note in notes if note is not None]
    return replace(verdict, reason=sentences(verdict.reason, *said)) if said else verdict


def _kept(
    tables: Tables,
    registry: Registry,
    bundle: Bundle,
    metrics: Mapping[str, float],
    verdict: Verdict,
    progress: Progress,
) -> Version:
    """The version the bundle is kept as, with the verdict, once it has answered as the bundle."""
    progress(REGISTERING, 0.0)
    version = registry.log(bundle, office_name(tables.office), metrics)
    until = datetime.fromisoformat(bundle.about["trained_until"])
    confirm(tables, bundle, registry.load(version, tables.office), until)
    keep(registry.home, tables, bundle)
    _decided(registry, version, verdict)
    progress(REGISTERING, 1.0)
    return version


def _decided(registry: Registry, version: Version, verdict: Verdict) -> None:
    """Promote, if it is so decided, and keep the decision with the version."""
    what: What = "promoted" if verdict.promoted else "refused"
    if verdict.promoted:  # first: what is recorded has happened, even if interrupted between
        registry.promote(version)
    registry.record(version, what, verdict.reason, verdict.figures)


def confirm(tables: Tables, fitted: Bundle, kept: Bundle, until: datetime) -> None:
    """`Refused` unless `kept` answers as `fitted` on the last cases asked about by `until`.

    Where clocks are asked about, on those of open cases.
    """
    asked = rows(risk_moments(tables, after=None, until=until))
    moments = moments_of(asked.sort("moment", "case_id").tail(COMPARED))
    still = rows(open_moments(tables, until)).sort("case_id").tail(COMPARED)
    for code in sorted(fitted.questions):
        # Built once for both: sums over many cases may differ in the last digit between two builds.
        if code == OverrunQuestion.code:
            x = asked_clocks(tables, still)
        else:
            x = fitted.features(tables, moments, code)
        if x.is_empty():
            continue
        if code not in kept or not fitted.answer(code, x).equals(kept.answer(code, x)):
            raise Refused(_("The model as it was kept gives other answers than as it was fitted."))


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
