"""When cases are asked about, of which no risk is estimated, and why there is none to check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _, ngettext, sentences
from cases.tables.tables import Tables, rows
from features.as_of import risk_moments
from features.build import asked_of, known_at
from features.conditions import held, satisfying

OUTSIDE = _("is not among the cases whose risk is estimated (`risk.among` in the office file).")


def asked(tables: Tables, case_ids: Sequence[str], until: datetime = datetime.max) -> pl.DataFrame:
    """`case_id, moment`: the cases with these ids at the moment of the risk question.

    Without those that had not come to it by `until`.
    """
    return asked_of(tables, case_ids, risk_moments, after=None, until=until)


def left_out(tables: Tables, case_ids: Sequence[str], reached: pl.DataFrame) -> dict[str, Sayable]:
    """Cases that have no risk, with the sentence that says why.

    The risk model is not for them, or they are not among those `asked`, which `reached` its moment.
    """
    early = dict.fromkeys(sorted({*case_ids} - {*reached["case_id"]}), not_yet(tables))
    if not tables.office.risk.among:
        return early
    among = held(known_at(tables, reached), tables.office.risk.among)
    outside = reached["case_id"].sort().filter(pl.Series(~among))
    return early | dict.fromkeys(outside, OUTSIDE)


def not_yet(tables: Tables) -> Sayable:
    """What is wrong with asking for the risk of a case before its time."""
    return _("has not come up for review yet ({moment}).", moment=_moment(tables))


def _moment(tables: Tables) -> Sayable:
    return tables.office.moment_name(tables.office.risk.at)


class NothingToCheck(Refused):
    """There is no case that could be checked."""


def none_to_check(tables: Tables, as_of: datetime, closed_after: datetime | None) -> NothingToCheck:
    """Why there is no case to check by `as_of` (and after `closed_after`), as a refusal.

    None came up for review in that time, none of them is of a kind whose risk is estimated, or
    all that are have been reviewed already.
    """
    reached = risk_moments(tables, after=closed_after, until=as_of)
    count = rows(reached).height
    if not count:
        return NothingToCheck(_none_reached(tables, as_of, closed_after))
    among = rows(satisfying(tables, reached, tables.office.risk.among).select("case_id")).height
    if not among:
        return NothingToCheck(
            ngettext(
                "{count:,} case came up for review in that time, and it is not of the kinds whose "
                "risk is estimated (`risk.among` in the office file).",
                "{count:,} cases came up for review in that time, and none is of the kinds whose "
                "risk is estimated (`risk.among` in the office file).",
                count,
            )
        )
    reviewed = ngettext(
        "The only case of that time whose risk is estimated has been reviewed already.",
        "All {count:,} cases of that time whose risk is estimated have been reviewed already.",
        among,
    )
    wait = _("There is something to check again once more cases come up for review.")
    return NothingToCheck(sentences(reviewed, wait))


def _none_reached(tables: Tables, as_of: datetime, closed_after: datetime | None) -> Sayable:
    """That no case came up for review in that time, and when cases did."""
    moments = rows(risk_moments(tables, after=None, until=datetime.max))["moment"]
    first, last = moments.min(), moments.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return _(
            "No case of the tables has come up for review yet ({moment}).", moment=_moment(tables)
        )
    values = {
        "as_of": as_of.date(),
        "first": first.date(),
        "last": last.date(),
        "moment": _moment(tables),
    }
    if closed_after is None:
        return _(
            "No case came up for review ({moment}) by {as_of}. In the tables, cases did so from "
            "{first} to {last}.",
            **values,
        )
    return _(
        "No case came up for review ({moment}) after {after} and by {as_of}. In the tables, cases "
        "did so from {first} to {last}.",
        after=closed_after.date(),
        **values,
    )
