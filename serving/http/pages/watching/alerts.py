"""`/running`: the alerts of running cases, those to be dealt with first in front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cases.language.messages import Sayable, _, ngettext
from cases.language.values import Value
from policies.alerts import Alert, Sort
from serving.http.pages.shell.paging import Pager
from serving.http.pages.shell.visit import Shown, Visit
from serving.http.pages.watching.seen import ALERTS, COLOURS, STATES, case_path, path_of, seen
from serving.kept.watch import waits
from serving.use_cases.watching.standing import TO_ACT_ON, State, Watched
from serving.use_cases.watching.wording import SORTS

OPEN, ALL = "open", "all"
SHOW: Mapping[str, Sayable] = {
    OPEN: _("to act on"),
    State.WAITING: STATES[State.WAITING],
    State.SNOOZED: STATES[State.SNOOZED],
    State.CLOSED: STATES[State.CLOSED],
    ALL: _("all"),
}
TITLE = _("Running cases")
OVERRUN = _("overrun")


@dataclass(frozen=True)
class Line:
    """An alert in the list, the addresses of its page and its case, and its tags."""

    path: str
    case_path: str
    one: Watched
    sort: tuple[Sayable, str]
    status: tuple[Sayable, str]
    notified: Sayable | None


def show(visit: Visit) -> Shown:
    """The list, as the form above it asks."""
    found, asked = seen(visit), _asked(visit)
    chosen = [one for one in found.several if _is_wanted(one, asked)]
    pager = Pager.of(len(chosen), ALERTS, visit.whole_number("page"), **asked)
    return Shown(
        "watching/alerts.html",
        TITLE,
        {
            "day": _("As of the end of {day}.", day=Value(found.today)),
            "measured": [
                *found.measured,
                *([] if found.predictions is None else [found.predictions]),
            ],
            "lines": [line_of(one, found.today) for one in chosen[pager.shown]],
            "count": ngettext("{count:,} alert", "{count:,} alerts", len(chosen)),
            "waiting": _waiting(found.several) if asked["show"] == OPEN else None,
            "pager": pager,
            "shows": list(SHOW.items()),
            "sorts": [("", _("every sort")), *((sort.value, SORTS[sort]) for sort in Sort)],
            "units": _units(found.several),
            "asked": asked,
        },
    )


def _asked(visit: Visit) -> dict[str, str]:
    """What the form above the list says."""
    wanted, sort = visit.query.get("show", OPEN), visit.query.get("sort", "")
    return {
        "show": wanted if wanted in SHOW else OPEN,
        "sort": sort if sort in {*Sort} else "",
        "unit": visit.query.get("unit", ""),
    }


def _is_wanted(one: Watched, asked: Mapping[str, str]) -> bool:
    wanted, sort, unit = asked["show"], asked["sort"], asked["unit"]
    state = one.state in TO_ACT_ON if wanted == OPEN else wanted in (ALL, one.state)
    return state and sort in ("", one.alert.key.sort) and unit in ("", one.alert.unit)


def _waiting(several: Sequence[Watched]) -> Sayable | None:
    """That there are more than the office can act on today; None if there are not."""
    count = sum(one.state is State.WAITING for one in several)
    return waits(count) if count else None


def _units(several: Sequence[Watched]) -> list[tuple[str, Sayable | str]]:
    """The units to choose from; none where there is no choice."""
    units = sorted({one.alert.unit for one in several if one.alert.unit})
    return [("", _("all units")), *((unit, unit) for unit in units)] if units[1:] else []


def _tag(alert: Alert, today: date) -> tuple[Sayable, str]:
    """What sort it is, and how urgent."""
    is_over = alert.due_on is not None and alert.due_on < today
    if alert.key.sort is Sort.HARD and is_over:
        return OVERRUN, "red"
    return SORTS[alert.key.sort], "" if alert.key.sort is Sort.PREDICTED else "amber"


def line_of(one: Watched, today: date) -> Line:
    """An alert as lists show it."""
    alert = one.alert
    status = STATES[one.state], COLOURS.get(one.state, "")
    return Line(
        path_of(alert.key),
        case_path(alert.key.case_id),
        one,
        _tag(alert, today),
        status,
        None if one.notified_on is None else Value(one.notified_on),
    )
