"""Work found excellent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from cases.language.messages import _
from serving.http.pages.reviewing.cases import paged
from serving.http.pages.reviewing.found import grade_name
from serving.http.pages.reviewing.opened import plans
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Shown, Visit
from serving.use_cases.reviewing.excellent import excellent

TITLE = _("Work found excellent")


def show(visit: Visit) -> Shown:
    """The page."""
    cases = excellent(visit.context, visit.caller, plans(visit))
    pager, part = paged(visit, "/excellent", cases)
    return Shown(
        "reviewing/excellent.html", TITLE, {"cases": list(_lines(visit, part)), "pager": pager}
    )


def _lines(visit: Visit, part: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in part.iter_rows(named=True):
        grade = grade_name(visit.context.office, row["grade"])
        yield row | {"link": address("/case", id=row["case_id"]), "grade": grade}
