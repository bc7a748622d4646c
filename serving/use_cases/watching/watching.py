"""Watching: the alerts of running cases on a day, as command, service, page and scheduled run do.

What tables and model alone say is computed once for the same tables; how alerts stand follows from
the ledger. Who may see some cases only is answered as if there were no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from cases.language.messages import Sayable
from cases.office.model import Office
from cases.tables.tables import Tables
from evaluation.backtests.alerts.against_clock import AgainstClock
from evaluation.backtests.alerts.came_true import said, share_overrun
from policies.alerts import Alert, Sort
from serving.use_cases.context import Champion, ServiceContext
from serving.use_cases.watching.measuring import outcomes
from serving.use_cases.watching.predicted import predicted, tried_before
from serving.use_cases.watching.raising import raised
from serving.use_cases.watching.standing import Watched, standing
from serving.work.alerting import Alerting

MEASURED = (Sort.HARD, Sort.PREDICTED)


@dataclass(frozen=True)
class Raised:
    """The alerts of all running cases at a moment, and how predictions did before (None: none)."""

    alerts: tuple[Alert, ...]
    tried: AgainstClock | None = None


@dataclass(frozen=True)
class Watch:
    """Alerts at a moment, those to be dealt with first in front, and what is `measured` of them.

    `predictions` says how predictions did at past moments; None where there are none.
    """

    as_of: datetime
    several: tuple[Watched, ...]
    measured: tuple[Sayable, ...] = ()
    predictions: Sayable | None = None

    @property
    def today(self) -> date:
        """The day of the moment."""
        return self.as_of.date()


def moment_of(tables: Tables, now: datetime) -> datetime:
    """The end of the day on which cases are watched: today.

    The events of a demo end on a day of their own, and with them its clocks.
    """
    last = tables.event_rows["recorded_at"].max() if tables.office.office.demo else None
    day = min(now, last) if isinstance(last, datetime) else now
    return datetime.combine(day.date(), time.max)


def raise_alerts(tables: Tables, model: Champion | None, as_of: datetime) -> Raised:
    """What tables and model say of the running cases at a moment.

    Predictions are withheld unless they were better than the clock alone.
    """
    tried = tried_before(model)
    is_used = tried is not None and tried.is_better
    probabilities = predicted(model, tables, as_of) if is_used else {}
    return Raised(tuple(raised(tables, as_of, probabilities)), tried)


def watch(tables: Tables, alerting: Alerting, found: Raised, as_of: datetime) -> Watch:
    """How the alerts of all cases stand."""
    shares = outcomes(tables, alerting, as_of)
    return _watch(tables.office, found.alerts, alerting, as_of, found.tried, shares)


def watched(context: ServiceContext, as_of: datetime) -> Watch:
    """As `watch`, of the cases that are answered about; what takes long is kept."""
    tables, alerting = context.tables, context.remembered.work.alerting
    found = context.kept(
        ("alerts", as_of), lambda: raise_alerts(context.tables, context.model, as_of)
    )
    alerts = found.alerts
    if context.scope is not None:
        about = {alert.key.case_id for alert in alerts}
        about |= {key.case_id for key in alerting.courses}
        mine = {*context.known(sorted(about))}
        alerts = tuple(alert for alert in alerts if alert.key.case_id in mine)
        alerting = alerting.within(mine)
    shares = context.kept(
        ("outcomes", as_of, context.scope, len(alerting.notified)),
        lambda: outcomes(tables, alerting, as_of),
    )
    return _watch(tables.office, alerts, alerting, as_of, found.tried, shares)


def _watch(
    office: Office,
    alerts: Sequence[Alert],
    alerting: Alerting,
    as_of: datetime,
    tried: AgainstClock | None,
    shares: Mapping[Sort, Sequence[bool]],
) -> Watch:
    return Watch(
        as_of,
        tuple(standing(office, alerts, alerting, as_of.date())),
        tuple(said(sort, share_overrun(shares[sort])) for sort in MEASURED if shares.get(sort)),
        None if tried is None else tried.says,
    )
