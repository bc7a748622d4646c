"""The steps that several commands share: open an office, train on it, write what came out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.office.model import Office
from cases.progress import Progress
from cases.tables.tables import Frame, Tables, moments_of, rows
from cli.files.backtests import backtest_file, frame_once, keep, kept
from evaluation.backtests.backtest import Backtest, backtest
from evaluation.backtests.efforts import effort_backtest
from evaluation.leaks.finder import find_leaks, refuse_blatant, told
from evaluation.promotion.gate import FEWEST, Verdict, decide
from features.as_of import closing_moments
from models.bundle.bundle import Bundle
from models.registry import CHAMPION, Registry, Version, What, office_name
from training.labels import complexity_labels, risk_labels
from training.run import train

EVALUATED_DAYS = 365
HINDSIGHT = _(
    "With hindsight: the model learnt from what was known by {day}, later than this plan."
)
BEYOND = _("The newest record in the tables is of {day}: what happened since is not in this plan.")
COMPARED = 20  # cases on which a kept model must answer as the fitted one


@dataclass(frozen=True)
class Trained:
    """A bundle, how it did on later cases, and whether it may be used."""

    bundle: Bundle
    backtest: Backtest
    version: Version
    verdict: Verdict


def latest_record(tables: Tables) -> datetime:
    """The last moment anything in the tables speaks of."""
    last = [
        tables.case_rows["opened_at"].max(),
        tables.case_rows["closed_at"].max(),
        tables.event_rows["recorded_at"].max(),
        tables.review_rows["reviewed_at"].max(),
    ]
    moments = [moment for moment in last if isinstance(moment, datetime)]
    if not moments:
        raise BadInput([Fault("cases", "the table has no rows.", "Give at least one case.")])
    return max(moments)


def train_and_register(
    tables: Tables, registry: Registry, until: datetime, tell: Progress
) -> Trained:
    """Fit, try on the last year of known outcomes, register, and promote if the gate agrees.

    The gate judges risk; complexity where it is alone. The verdict, its reason and figures are
    kept with the version. `Refused` if a column knows too much and the office file does not
    accept that, or if what was registered cannot be loaded again, or answers otherwise than
    what was fitted.
    """
    leaks = find_leaks(tables, until, tell)
    refuse_blatant(tables.office, leaks)
    bundle = train(tables, until, tell)
    bundle = replace(bundle, about=bundle.about | {"leaks": told(tables.office, leaks)})
    tried = tried_on_last_year(registry.home, tables, bundle, tell)
    if tables.data_hash:  # made now, so that a report only reads it
        efforts_of_last_year(registry.home, tables, bundle, tell)
    tell("registering the model", 0.0)
    name = office_name(tables.office)
    version = registry.log(bundle, name, pooled_metrics(tried))
    confirm(tables, bundle, registry.load(version, tables.office), until)
    tell("registering the model", 1.0)
    outcome = tried.risk if "risk" in bundle else tried.complexity
    champion, note = _champion(registry, tables.office)
    verdict = decide(tables, bundle, champion, outcome, tell)
    verdict = replace(verdict, reason=f"{verdict.reason}{note}")
    what: What = "promoted" if verdict.promoted else "refused"
    if verdict.promoted:  # first: what is recorded has happened, even if interrupted between
        registry.promote(version)
    registry.record(version, what, verdict.reason, verdict.figures)
    return Trained(bundle, tried, version, verdict)


def _champion(registry: Registry, office: Office) -> tuple[Bundle | None, str]:
    """The champion; else None, and why it cannot be compared with, if there is one."""
    if not any(CHAMPION in one.aliases for one in registry.versions(office_name(office))):
        return None, ""
    try:
        return registry.champion(office), ""
    except Refused as refused:
        return None, f" It could not be compared with the champion: {refused}"


def confirm(tables: Tables, fitted: Bundle, kept: Bundle, until: datetime) -> None:
    """`Refused` unless `kept` answers as `fitted` on the cases closed last by `until`."""
    closed = rows(closing_moments(tables, after=None, until=until))
    asked = moments_of(closed.sort("moment", "case_id").tail(COMPARED))
    pairs = zip(_answers(fitted, tables, asked), _answers(kept, tables, asked), strict=True)
    if not all(one.equals(other) for one, other in pairs):
        raise Refused("The model as it was kept answers otherwise than as it was fitted.")


def _answers(bundle: Bundle, tables: Tables, asked: Frame) -> Iterator[pl.DataFrame]:
    for question in bundle.questions:
        yield bundle.predict(question, tables, asked)


def tried_on_last_year(home: Path, tables: Tables, bundle: Bundle, tell: Progress) -> Backtest:
    """As `try_on_last_year`; read from `home` if it was made there before."""
    target = backtest_file(home, tables, bundle)
    found = kept(target, tables.office.spot_checks.capacity_share) if target else None
    if found is None:
        found = try_on_last_year(tables, bundle, tell)
        if target:
            keep(found, target)
    return found


def efforts_of_last_year(
    home: Path, tables: Tables, bundle: Bundle, tell: Progress
) -> pl.DataFrame | None:
    """How efforts would have been foreseen in the year before `bundle` was trained.

    Read from `home` if it was made there before; None where the bundle foresees none.
    """
    if "effort" not in bundle:
        return None
    until = datetime.fromisoformat(bundle.about["trained_until"])
    first = (until - timedelta(days=EVALUATED_DAYS)).date()
    target = backtest_file(home, tables, bundle, "efforts")
    return frame_once(target, lambda: effort_backtest(tables, first, until.date(), until, tell))


def try_on_last_year(tables: Tables, bundle: Bundle, tell: Progress) -> Backtest:
    """Figures on the last year of cases whose outcome was known when `bundle` was trained.

    The outcome of a review; where the bundle has no risk model, whether it proved complex.
    A longer time where a year has fewer cases of either outcome than the gate needs. Models
    are fitted anew every quarter: where labels are few, most were not known a year before.
    """
    until = datetime.fromisoformat(bundle.about["trained_until"])
    labels = (risk_labels if "risk" in bundle else complexity_labels)(tables, until)
    known = labels["moment"].max()
    last = known if isinstance(known, datetime) else until
    first = last - timedelta(days=EVALUATED_DAYS)
    return backtest(
        tables,
        first=min([first, *_enough_since(labels)]).date(),
        last=last.date(),
        until=until,
        retrain="quarter",
        progress=tell,
    )


def _enough_since(labels: pl.DataFrame) -> Iterator[datetime]:
    """Since when either outcome has as many cases as the gate needs; nothing without so many."""
    for y in (0, 1):
        moments = labels.filter(pl.col("y") == y)["moment"].sort(descending=True)
        if len(moments) >= FEWEST:
            yield moments[FEWEST - 1]


def pooled_metrics(tried: Backtest) -> dict[str, float]:
    """The model's and the baselines' pooled figures, as the registry keeps them."""
    named = {"risk": tried.risk, "complexity": tried.complexity}
    found = {
        f"{task}.{who}.{figure}": getattr(measures, figure).value
        for task, outcome in named.items()
        if outcome is not None
        for who, measures in outcome.pooled.measures.items()
        for figure in ("auc", "average_precision", "lift", "log_loss", "brier", "calibration_error")
    }
    return {name: float(value) for name, value in found.items() if value is not None}
