"""How busy the unit and the handler were at the moment."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import CLOSING, INTAKE, Office
from features.as_of import known_when
from features.feature import (
    AT_CLOSING,
    AT_INTAKE_AND_CLOSING,
    Feature,
    Formula,
    OfOthers,
    same,
)

WHO = {"unit": _("the unit"), "handler": _("the handler")}


def features(office: Office) -> Iterator[Feature]:
    """Load of the unit and of the handler; open cases only where known before closing."""
    for column in WHO:
        if known_when(office, column) != CLOSING:
            yield _open_cases(office, column)
        yield _recent(office, column, "opened", "cases opened", "收案数")
        yield _recent(office, column, "closed", "cases closed", "结案数")
        yield _closed_that_day(office, column)


def _open_cases(office: Office, column: str) -> Feature:
    totals = (OfOthers((column,), "opened"), OfOthers((column,), "closed"))
    meaning = _meaning(column, "open cases", "在办案件数")
    return _load(office, f"{column}_open", totals, opened_less_closed, meaning)


def opened_less_closed(opened: nw.Expr, closed: nw.Expr) -> nw.Expr:
    """Cases opened less cases closed; the case itself counts until it is closed."""
    return opened - closed


def _recent(office: Office, column: str, mark: str, en: str, zh: str) -> Feature:
    totals = (OfOthers((column,), mark, 30),)
    meaning = _meaning(column, f"{en} in the last 30 days", f"近30天{zh}")
    return _load(office, f"{column}_{mark}_30", totals, same, meaning)


def _closed_that_day(office: Office, column: str) -> Feature:
    totals = (OfOthers((column,), "closed", "day"),)
    meaning = _meaning(column, "cases closed on the same day", "当日结案数")
    return _load(office, f"{column}_closed_today", totals, same, meaning)


def _meaning(column: str, en: str, zh: str) -> Text:
    return Text(en=f"{en}, {WHO[column].en}", zh=f"{WHO[column].zh}{zh}")


def _load(
    office: Office, what: str, totals: tuple[OfOthers, ...], formula: Formula, meaning: Text
) -> Feature:
    early = known_when(office, totals[0].key[0]) == INTAKE
    moments = AT_INTAKE_AND_CLOSING if early else AT_CLOSING
    return Feature(f"workload.{what}", totals, formula, "count", meaning, moments=moments)
