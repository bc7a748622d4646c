"""What pages about running cases share: the alerts that a reader sees, and how they are called."""

from __future__ import annotations

from collections.abc import Mapping

from cases.language.messages import Sayable, _
from policies.alerts import AlertKey
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Visit
from serving.use_cases.watching.standing import State
from serving.use_cases.watching.watching import Watch, moment_of, watched

ALERTS, ALERT, CASE = "/running", "/running/alert", "/running/case"
STATES: Mapping[State, Sayable] = {
    State.NEW: _("desk not notified yet"),
    State.NOTIFIED: _("desk notified"),
    State.WAITING: _("waiting"),
    State.SNOOZED: _("snoozed"),
    State.CLOSED: _("closed"),
}
COLOURS: Mapping[State, str] = {State.NEW: "blue", State.NOTIFIED: "blue"}


def seen(visit: Visit) -> Watch:
    """The alerts of the cases that the reader may see, as of today."""
    return watched(visit.context, moment_of(visit.context.tables, visit.now))


def path_of(key: AlertKey, **query: object) -> str:
    """The address of the page of an alert."""
    return address(ALERT, **query_of(key), **query)


def query_of(key: AlertKey) -> dict[str, str]:
    """What the address of the page of an alert asks; only of a limit a last day and a stage."""
    of_limit = {"due": key.due_on, "stage": key.stage}
    return {
        "case": key.case_id,
        "sort": key.sort.value,
        "rule": key.rule,
        "began": key.began.isoformat(),
        **{name: str(value) for name, value in of_limit.items() if value is not None},
    }


def case_path(case_id: str) -> str:
    """The address of the page of a running case."""
    return address(CASE, id=case_id)
