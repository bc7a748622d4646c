"""How far an office's tables reach."""

from __future__ import annotations

from datetime import datetime

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cases.tables.tables import Tables


def newest_record(tables: Tables) -> datetime:
    """The last moment that anything in the tables is of; `BadInput` if they hold nothing."""
    last = [
        tables.case_rows["opened_at"].max(),
        tables.case_rows["closed_at"].max(),
        tables.event_rows["recorded_at"].max(),
        tables.review_rows["reviewed_at"].max(),
    ]
    moments = [moment for moment in last if isinstance(moment, datetime)]
    if not moments:
        problem, remedy = _("the table has no rows."), _("Give at least one case.")
        raise BadInput([Fault("cases", problem, remedy)])
    return max(moments)
