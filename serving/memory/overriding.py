"""A decision other than was suggested, as a row of the override table that comes in."""

from __future__ import annotations

from datetime import datetime

from ledger.ledger import Entry
from serving.memory.checking import coming
from serving.use_cases.context import ServiceContext


def override_entry(
    context: ServiceContext,
    key: str,
    at: datetime,
    case_id: str,
    changed: tuple[str, str, str],
    reason: str,
) -> Entry:
    """What is recorded of it: a row `changed` (about, suggested, decided), sent with this key.

    `BadInput` where a file with the row would be refused.
    """
    about, suggested, decided = changed
    row = {
        "case_id": case_id,
        "at": at,
        "about": about,
        "suggested": suggested,
        "decided": decided,
        "reason": reason,
    }
    return coming(context, "overrides", key, [row]).entry
