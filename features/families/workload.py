"""How busy the unit and the handler were at the moment."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from cases.language.messages import Message, _
from cases.office.model import CLOSING, Office
from features.as_of import known_when
from features.feature import (
    Feature,
    Formula,
    OfOthers,
    same,
    stage,
)

WHO = {"unit": _("the unit"), "handler": _("the handler")}
RECENT = 30  # days


def features(office: Office) -> Iterator[Feature]:
    """Load of the unit and of the handler; open cases only where known before closing."""
    for column, who in WHO.items():
        if known_when(office, column) != CLOSING:
            yield _open_cases(office, column, _("open cases of {who}", who=who))
        opened = _("cases of {who} opened in the last {days} days", days=RECENT, who=who)
        closed = _("cases of {who} closed in the last {days} days", days=RECENT, who=who)
        that_day = _("cases of {who} closed on the same day", who=who)
        yield _recent(office, column, "opened", opened)
        yield _recent(office, column, "closed", closed)
        yield _closed_that_day(office, column, that_day)


def _open_cases(office: Office, column: str, meaning: Message) -> Feature:
    totals = (OfOthers((column,), "opened"), OfOthers((column,), "closed"))
    return _load(office, f"{column}_open", totals, opened_less_closed, meaning)


def opened_less_closed(opened: nw.Expr, closed: nw.Expr) -> nw.Expr:
    """Cases opened less cases closed; the case itself counts until it is closed."""
    return opened - closed


def _recent(office: Office, column: str, mark: str, meaning: Message) -> Feature:
    totals = (OfOthers((column,), mark, RECENT),)
    return _load(office, f"{column}_{mark}_{RECENT}", totals, same, meaning)


def _closed_that_day(office: Office, column: str, meaning: Message) -> Feature:
    totals = (OfOthers((column,), "closed", "day"),)
    return _load(office, f"{column}_closed_today", totals, same, meaning)


def _load(
    office: Office, name: str, totals: tuple[OfOthers, ...], formula: Formula, meaning: Message
) -> Feature:
    known = stage(known_when(office, totals[0].key[0]))
    return Feature(f"workload.{name}", totals, formula, "count", meaning, known=known)
