"""New cases that people have to decide about: how each stands, and what is suggested for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from cases.language.messages import Sayable, _
from cases.tables.tables import new_case_columns
from serving.http.pages.shell.visit import Visit
from serving.kept.home.intakes import KeptSuggestions, kept_intake
from serving.use_cases.context import ServiceContext
from serving.work.deciding import Accepted, Designated, SentBack
from serving.work.step import Taken

State = Literal["waiting", "unassigned", "suggested", "accepted", "designated", "sent_back"]
STATES: Mapping[State, Sayable] = {
    "waiting": _("nothing suggested yet"),
    "unassigned": _("nobody can take it"),
    "suggested": _("suggested"),
    "accepted": _("accepted"),
    "designated": _("designated"),
    "sent_back": _("sent back"),
}
TO_DECIDE: tuple[State, ...] = ("waiting", "unassigned", "suggested")


@dataclass(frozen=True)
class NewCase:
    """A new case.

    `kept` is the intake that has it, None where the office keeps none; `record` is that of the
    intake or of the decision, None as long as the case table alone has it. `handler` is who was
    suggested for it, or was decided on.
    """

    case_id: str
    state: State
    handler: str | None
    record: int | None
    kept: KeptSuggestions | None = None
    decision: Taken | None = None

    @property
    def suggestion(self) -> Mapping[str, Any] | None:
        """Track, effort and more (`IntakeSuggestions.cases`); None where nothing is kept."""
        return None if self.kept is None else self.kept.cases.get(self.case_id)

    @property
    def is_to_decide(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state in TO_DECIDE


def new_cases(visit: Visit) -> list[NewCase]:
    """Those to decide about first; then those that were decided, the last decision first."""
    context = visit.context
    decided = context.remembered.work.deciding.about_new
    by_case = dict(_kept(visit))
    found = [
        *_suggested(context, by_case),
        *_not_suggested(context, by_case),
    ]
    done = [_decided(case_id, taken, by_case) for case_id, taken in decided.items()]
    return [*found, *sorted(done, key=lambda one: one.record or 0, reverse=True)]


def _kept(visit: Visit) -> Iterator[tuple[str, tuple[int, KeptSuggestions]]]:
    """Of each case of an intake that the office keeps that intake, and its record."""
    for record, intake in visit.context.remembered.intakes.items():
        kept = kept_intake(visit.rooms.home, intake)
        if kept is not None:
            yield from ((case_id, (record, kept)) for case_id in kept.cases)


Kept = Mapping[str, tuple[int, KeptSuggestions]]


def _suggested(context: ServiceContext, kept: Kept) -> Iterator[NewCase]:
    """What an intake gave, as long as the case table has no handler for it."""
    given = context.remembered.given.filter(~pl.col("case_id").is_in(_decided_ids(context)))
    known = context.tables.of_cases("cases", given["case_id"]).drop_nulls("handler")
    open_ = given.join(known, on="case_id", how="anti", maintain_order="left")
    for case_id, handler, record in open_.select("case_id", "handler", "record").iter_rows():
        yield NewCase(case_id, "suggested", handler, record, kept.get(case_id, (0, None))[1])


def waiting_rows(context: ServiceContext) -> pl.DataFrame:
    """The open cases of the case table that nobody handles and no intake gave away."""
    of_tables = context.kept("cases without handler", lambda: _without_handler(context))
    given = context.remembered.given
    return of_tables.join(given, on="case_id", how="anti", maintain_order="left").filter(
        ~pl.col("case_id").is_in(_decided_ids(context))
    )


def _not_suggested(context: ServiceContext, kept: Kept) -> Iterator[NewCase]:
    for case_id in waiting_rows(context)["case_id"]:
        record, intake = kept.get(case_id, (None, None))
        state: State = "waiting" if intake is None else "unassigned"
        yield NewCase(case_id, state, None, record, intake)


def _without_handler(context: ServiceContext) -> pl.DataFrame:
    """With the columns of new cases; what the case table has no column for is empty."""
    cases = context.tables.case_rows
    found = cases.filter(pl.col("closed_at").is_null() & pl.col("handler").is_null())
    columns = new_case_columns(context.office)
    return found.sort("opened_at", "case_id").select(
        pl.col(name) if name in found.columns else pl.lit(None, kind).alias(name)
        for name, kind in columns.items()
    )


def _decided(case_id: str, taken: Taken, kept: Kept) -> NewCase:
    step, intake = taken.step, kept.get(case_id, (0, None))[1]
    if isinstance(step, Accepted):
        return NewCase(case_id, "accepted", step.handler, taken.record, intake, taken)
    if isinstance(step, Designated):
        return NewCase(case_id, "designated", step.handler, taken.record, intake, taken)
    assert isinstance(step, SentBack)  # noqa: S101  there are no others
    return NewCase(case_id, "sent_back", None, taken.record, intake, taken)


def _decided_ids(context: ServiceContext) -> list[str]:
    return list(context.remembered.work.deciding.about_new)
