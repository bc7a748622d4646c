"""What the desks of the demo were notified of about running cases, and what the clerk did with it.

Clocks end with the events of the tables; so the days are those before their end, as on the pages.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.language.messages import say
from cli.demo.people import Desk
from cli.demo.words import WHY_CLOSED, WHY_SNOOZED
from cli.files.watch import notify
from ledger.ledger import Ledger
from models.bundle.bundle import Bundle
from policies.alerts import last_snooze
from serving.access.caller import Caller
from serving.http.pages.watching.seen import ALERT, query_of
from serving.use_cases.watching.standing import State
from serving.use_cases.watching.watching import moment_of, raise_alerts

FEWEST = 2  # alerts: with fewer nobody puts one off
EARLIER = (60, 30)  # days before, by clocks alone: the model has learnt how these cases went on


def watch_cases(
    desk: Desk, ledger: Ledger, champion: Bundle, clerk: Caller, today: datetime
) -> None:
    """Desks were notified before and on the last day; one alert is snoozed, another one closed."""
    tables = desk.current.context.tables
    as_of = moment_of(tables, today)
    for days in EARLIER:
        before = as_of - timedelta(days=days)
        notify(tables, ledger, raise_alerts(tables, None, before), before)
    watch, _new = notify(tables, ledger, raise_alerts(tables, champion, as_of), as_of)
    alerts = [one.alert for one in watch.several if one.state is State.NOTIFIED]
    for alert in alerts[:1] if len(alerts) > FEWEST else ():
        until = last_snooze(alert, watch.today, tables.office.alerts.snooze_days).isoformat()
        reason = {"until": until, "snooze_reason": say(WHY_SNOOZED, desk.language)}
        desk.send(ALERT, clerk, today, query_of(alert.key), do="snooze", **reason)
    for alert in alerts[-1:] if len(alerts) > FEWEST else ():
        reason = {"close_reason": say(WHY_CLOSED, desk.language)}
        desk.send(ALERT, clerk, today, query_of(alert.key), do="close", **reason)
