"""Closed cases by id: when they are asked about, and of which no risk is estimated."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from cases.language.messages import Sayable, _
from cases.tables.tables import Frame, Tables
from features.as_of import cut
from features.conditions import holding

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
