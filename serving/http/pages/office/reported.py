"""The last report on the office that was kept for its pages."""

from __future__ import annotations

from ledger.records import Kind
from serving.http.pages.shell.visit import Visit
from serving.kept.home.reports import Reported, last_report
from serving.use_cases.remembered import name_of

SEVERAL_OFFICES = 100  # records of reports that are looked through: offices can share a ledger


def reported(visit: Visit) -> Reported | None:
    """The last report on this office that was kept and recorded."""
    visit.context.check_whole()
    records = visit.ledger.newest(SEVERAL_OFFICES, Kind.REPORT)
    return last_report(visit.rooms.home, name_of(visit.context.office), records)
