"""`/ledger`: what was recorded, the newest first."""

from __future__ import annotations

from cases.language.messages import _
from ledger.records import Kind
from serving.http.pages.shell.paging import Pager
from serving.http.pages.shell.visit import Shown, Visit
from serving.use_cases.recording.words import NAMES, kind_of, said_of, when

TITLE = _("Ledger")
MOST = 5_000  # of the newest records that are paged through


def show(visit: Visit) -> Shown:
    """A line a record; `kind` in the address shows those of one kind alone."""
    asked = visit.query.get("kind", "")
    kinds = [Kind(asked)] if asked in NAMES else []
    size, page = visit.context.remembered.position, visit.whole_number("page")
    pager = Pager.of(min(size, MOST), "/ledger", page, kind=asked or None)
    if kinds:
        found = visit.ledger.newest(MOST, *kinds)
        pager = Pager.of(len(found), "/ledger", page, kind=asked)
    else:
        found = visit.ledger.newest(pager.shown.stop)
    lines = [
        {"number": one.number, "when": when(one), "kind": kind_of(one), "what": said_of(one)}
        for one in found[pager.shown]
    ]
    every = [("", _("every kind")), *((str(code), name) for code, name in NAMES.items())]
    values = {"lines": lines, "kinds": every, "kind": asked, "pager": pager, "most": MOST}
    return Shown("ledger/records.html", TITLE, values)
