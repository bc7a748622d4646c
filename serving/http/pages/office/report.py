"""`/office/report`: the whole report as it was kept, in the reader's language."""

from __future__ import annotations

from cases.errors import Refused
from cases.language.messages import _
from serving.http.pages.office.reported import reported
from serving.http.pages.shell.visit import NotFound, Visit, Whole

PATH = "/office/report"


def show(visit: Visit) -> Whole:
    """The page, if its bytes are those that were recorded."""
    found = reported(visit)
    if found is None or not found.languages:
        raise NotFound
    content = found.page(visit.language)
    if content is None:
        raise Refused(
            _(
                "The kept page of the report is not as it was recorded, so it is not shown. "
                "`triage report OFFICE --keep` makes a new one."
            )
        )
    return Whole(content)
