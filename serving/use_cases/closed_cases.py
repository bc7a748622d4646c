"""Closed cases: when they are asked about, of which no risk is estimated, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import narwhals as nw
import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _, ngettext, sentences
from cases.tables.tables import Frame, Tables, rows
from features.as_of import closing_moments, cut
from features.conditions import holding, satisfying

OUTSIDE = _("is not among the cases whose risk is estimated (`risk.among` in the office file).")


def closings(tables: Tables, case_ids: Sequence[str]) -> Frame:
    """`case_id, moment`: the cases with these ids, each at its closing."""
    closed = tables.case_rows.filter(pl.col("case_id").is_in(case_ids))
    return nw.from_native(closed.lazy()).select("case_id", moment=nw.col("closed_at"))


def outside(tables: Tables, case_ids: Sequence[str]) -> dict[str, Sayable]:
    """Cases that the risk model is not for, with the sentence that says so."""
    known = cut(tables, closings(tables, case_ids))
    among = holding(known, tables.office.risk.among).collect("polars").to_native()
    return dict.fromkeys(among.filter(~pl.col("holds"))["case_id"], OUTSIDE)


def none_to_check(tables: Tables, as_of: datetime, closed_after: datetime | None) -> Refused:
    """Why no case closed by `as_of` (and after `closed_after`) could be checked, as a refusal.

    None was closed in that time, none of them is of a kind whose risk is estimated, or all that
    are have been reviewed already.
    """
    closed = closing_moments(tables, after=closed_after, until=as_of)
    count = rows(closed).height
    if not count:
        return Refused(_none_closed(tables, as_of, closed_after))
    among = rows(satisfying(tables, closed, tables.office.risk.among).select("case_id")).height
    if not among:
        return Refused(
            ngettext(
                "{count:,} case was closed in that time, and it is not of the kinds whose risk is "
                "estimated (`risk.among` in the office file).",
                "{count:,} cases were closed in that time, and none is of the kinds whose risk is "
                "estimated (`risk.among` in the office file).",
                count,
            )
        )
    reviewed = ngettext(
        "The only case closed in that time whose risk is estimated has been reviewed already.",
        "All {count:,} cases closed in that time whose risk is estimated have been reviewed "
        "already.",
        among,
    )
    wait = _("There is something to check again once more cases are closed.")
    return Refused(sentences(reviewed, wait))


def _none_closed(tables: Tables, as_of: datetime, closed_after: datetime | None) -> Sayable:
    """That no case was closed in that time, and when cases were."""
    closed_at = tables.case_rows["closed_at"]
    first, last = closed_at.min(), closed_at.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return _("The tables hold no closed case.")
    values = {"as_of": as_of.date(), "first": first.date(), "last": last.date()}
    if closed_after is None:
        return _(
            "No case was closed by {as_of}. The tables hold closings from {first} to {last}.",
            **values,
        )
    return _(
        "No case was closed after {after} and by {as_of}. The tables hold closings from {first} "
        "to {last}.",
        after=closed_after.date(),
        **values,
    )
