"""The list of findings: what is to be answered, decided, rectified and checked, by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.language.messages import Sayable, _, ngettext
from serving.http.pages.rectifying.finding import path_of
from serving.http.pages.rectifying.words import (
    COLOURS,
    DUE_SOON,
    OVERDUE,
    STATES,
    dimension_of,
)
from serving.http.pages.shell.paging import Pager
from serving.http.pages.shell.visit import Shown, Visit
from serving.use_cases.rectifying.doing import possible_for
from serving.use_cases.rectifying.findings import NOT_FOLLOWED, Followed, seen_by

PATH = "/rectification"
MINE, OPEN, ALL = "mine", "open", "all"
SHOW: Mapping[str, Sayable] = {
    OPEN: _("all that is open"),
    MINE: _("what I can do something about"),
    **{state.value: name for state, name in STATES.items()},
    ALL: _("all"),
}
WHEN: Mapping[str, Sayable] = {"": _("any day"), "overdue": OVERDUE, "soon": DUE_SOON}
TITLE = _("Rectification")


@dataclass(frozen=True)
class Line:
    """A finding in the list, the address of its page, and its tags: text and colour."""

    path: str
    one: Followed
    dimension: Sayable | str
    status: tuple[Sayable, str]
    urgent: tuple[Sayable, str] | None


def show(visit: Visit) -> Shown:
    """The list, as the form above it asks."""
    if visit.context.office.rectification is None:
        return Shown("rectifying/findings.html", TITLE, {"not_followed": NOT_FOLLOWED})
    every = seen_by(visit.context, visit.caller, visit.now.date())
    chosen = [one for one in _wanted(visit, every) if _is_when(visit, one)]
    pager = Pager.of(len(chosen), PATH, visit.whole_number("page"), **_asked(visit))
    return Shown(
        "rectifying/findings.html",
        TITLE,
        {
            "not_followed": None,
            "pager": pager,
            "lines": [_line(visit, one) for one in chosen[pager.shown]],
            "count": ngettext("{count:,} finding", "{count:,} findings", len(chosen)),
            "shows": list(SHOW.items()),
            "whens": list(WHEN.items()),
            "units": _units(every),
            "asked": _asked(visit),
        },
    )


def _asked(visit: Visit) -> dict[str, str]:
    """What the form above the list says."""
    show_, when = visit.query.get("show", OPEN), visit.query.get("when", "")
    return {
        "show": show_ if show_ in SHOW else OPEN,
        "when": when if when in WHEN else "",
        "unit": visit.query.get("unit", ""),
    }


def _wanted(visit: Visit, every: Sequence[Followed]) -> list[Followed]:
    asked = _asked(visit)
    unit, wanted = asked["unit"], asked["show"]
    of_unit = [one for one in every if not unit or one.finding.unit == unit]
    if wanted == MINE:
        moves = possible_for(visit.caller, of_unit)
        return [one for one in of_unit if moves[one.key]]
    if wanted == OPEN:
        return [one for one in of_unit if not one.has_ended]
    return [one for one in of_unit if wanted in (ALL, one.state)]


def _is_when(visit: Visit, one: Followed) -> bool:
    when = _asked(visit)["when"]
    return not when or (one.is_overdue if when == "overdue" else one.is_due_soon)


def _units(every: Sequence[Followed]) -> list[tuple[str, Sayable | str]]:
    """The units to choose from; none where there is no choice."""
    units = sorted({one.finding.unit for one in every if one.finding.unit})
    return [("", _("all units")), *((unit, unit) for unit in units)] if units[1:] else []


def _line(visit: Visit, one: Followed) -> Line:
    urgent = None
    if one.is_overdue or one.is_due_soon:
        urgent = (OVERDUE, "red") if one.is_overdue else (DUE_SOON, "amber")
    status = STATES[one.state], COLOURS.get(one.state, "")
    return Line(path_of(one), one, dimension_of(visit.context.office, one), status, urgent)
