"""New cases: which track each belongs to, how much work it will be, and who is to handle it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.catalogues import Language
from cases.language.messages import _
from cases.language.texts import Text
from cases.tables.tables import Frame, Tables, case_columns, moments_of, rows
from cases.tables.values import listed
from features.as_of import Known, cut, open_moments
from models.calibration.conformal import Cutoffs
from models.questions.effort import Effort
from models.reasons.reasons import Reason
from policies.assignment.assign import assign
from policies.assignment.checks import LARGEST, SMALLEST
from policies.assignment.eligibility import say
from policies.assignment.result import Assignment, AssignmentParameters
from policies.routing import route
from policies.rulebook import asked_skills, settled_tracks
from policies.spot_check.plan import fresh_seed
from serving.use_cases.spot_checks import ServiceContext

REASONS_SHOWN = 3
EFFORTS = ("effort", "effort_low", "effort_high")
EACH_ONE = 1.0  # what a case counts where nobody can estimate its effort
GIVEN = {"case_id": pl.String(), "handler": pl.String(), "effort": pl.Float64()}
UNESTIMATED = {
    "complexity": _(
        "Complexity is not estimated: where no rule settles the track, a person decides."
    ),
    "effort": _("Effort is not estimated: every case counts alike."),
}
NO_HANDLERS = _("The office has no handler table, so nobody is suggested.")


@dataclass(frozen=True)
class Intake:
    """What is suggested for new cases.

    `cases` has for each, in the order given, `case_id, opened_at, kind, unit, track, rule,
    why_en, why_zh, complex_probability, effort, effort_low, effort_high`; estimates are null
    where there is no model. `assignment` is None without a handler table.
    """

    cases: pl.DataFrame
    reasons: Mapping[str, Sequence[Reason]]
    assignment: Assignment | None
    notes: tuple[Text, ...]


def intake(
    context: ServiceContext,
    new: pl.DataFrame,
    as_of: datetime | None = None,
    seed: str | None = None,
    given: pl.DataFrame | None = None,
) -> Intake:
    """Suggestions for the cases of `new` (`cases.tables.new_cases.read_new_cases`), all together.

    Loads and absences are those of `as_of`, by default of the last opening; the seed is one
    nobody can foresee unless given. `given` (`GIVEN`) are cases given to somebody that the
    office's tables do not have yet. `BadInput` for cases opened after `as_of`, and for what is
    given to somebody unknown or is to be given again.
    """
    _check_given(context.tables, new, given)
    last = new["opened_at"].max()
    moment = as_of or last
    if not isinstance(moment, datetime) or not isinstance(last, datetime) or last > moment:
        remedy = "Leave later cases out, or ask as of a later moment."
        problem = "is before some of the cases were opened."
        raise BadInput([Fault("the intake", problem, remedy, column="as_of")])
    lacking = [code for code in UNESTIMATED if code not in context.model]
    own, asked = _alone(context.tables, new)
    estimated = [code for code in UNESTIMATED if code in context.model]
    x, known = context.model.features(own, asked, *estimated), cut(own, asked)
    facts = new.select("case_id", "opened_at", "kind", "unit")
    cases = facts.join(_tracks(context, known, x), on="case_id", maintain_order="left")
    cases = cases.join(_efforts(context, x), on="case_id", maintain_order="left")
    reasons: Mapping[str, Sequence[Reason]] = {}
    if "complexity" not in lacking:
        told = context.model.explain("complexity", x, top=REASONS_SHOWN)
        by_estimate = cases.filter(pl.col("rule").is_null())["case_id"]
        reasons = {case: told[case] for case in by_estimate}
    notes = [UNESTIMATED[code] for code in lacking]
    if context.tables.handler_rows.is_empty():
        return Intake(cases, reasons, None, (*notes, NO_HANDLERS))
    wish = AssignmentParameters(
        as_of=moment, seed=seed or fresh_seed(), floor=context.office.assignment.floor
    )
    to_give = _to_give(cases, new).join(asked_skills(known), on="case_id")
    handlers = staff(context, moment, given)
    assignment = assign(to_give, handlers, context.tables.recusal_rows, wish)
    return Intake(cases, reasons, assignment, (*notes, *assignment.notes))


def who_may(assignment: Assignment, language: Language) -> Iterator[dict[str, Any]]:
    """Who may take which of the drawn cases, with which chance, and who may not and why.

    Cases for which all of that is the same stand together: `case_ids, eligible` (`handler,
    probability`) and `excluded` (`reason, changes, handlers`), in words of `language`.
    """
    chances = assignment.chances.drop_nulls("handler").sort("handler")
    eligible = chances.group_by("case_id").agg("handler", "probability")
    excluded = (
        assignment.excluded.sort("handler")
        .group_by("case_id", "reason", "detail")
        .agg("handler")
        .sort("case_id", "reason", "detail")
    )
    without = say(excluded, language).group_by("case_id").agg("says", "changes", others="handler")
    both = eligible.join(without, on="case_id", how="full", coalesce=True).sort("case_id")
    facts = [name for name in both.columns if name != "case_id"]
    together = both.with_columns(key=pl.struct(facts).struct.json_encode())
    for _, cases in together.group_by("key", maintain_order=True):
        first = cases.row(0, named=True)
        listed = zip(first["handler"] or (), first["probability"] or (), strict=True)
        others = zip(
            first["says"] or (), first["changes"] or (), first["others"] or (), strict=True
        )
        yield {
            "case_ids": cases["case_id"].to_list(),
            "eligible": [{"handler": who, "probability": chance} for who, chance in listed],
            "excluded": [
                {"reason": says, "changes": changes, "handlers": handlers}
                for says, changes, handlers in others
            ],
        }


def staff(
    context: ServiceContext, as_of: datetime, given: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The handlers with their `load` (expected work left) and `open_cases` at `as_of`.

    Of what is `given`, what the tables do not have counts with its whole effort.
    """
    if "effort" not in context.model:
        left = rows(open_moments(context.tables, as_of)).with_columns(
            remaining_effort=pl.lit(EACH_ONE)
        )
    else:
        left = context.model.question(Effort).remaining(context.tables, as_of)
    left = left.select("case_id", "handler", "remaining_effort")
    if given is not None:
        known = context.tables.case_rows.drop_nulls("handler")
        further = given.join(known, on="case_id", how="anti").unique("case_id", keep="last")
        usual = left["remaining_effort"].mean()
        effort = pl.col("effort").fill_null(EACH_ONE if usual is None else usual)
        effort = effort.alias("remaining_effort")
        left = pl.concat([left, further.select("case_id", "handler", effort)])
    carried = left.group_by("handler").agg(
        load=pl.col("remaining_effort").sum(), open_cases=pl.len().cast(pl.Int64)
    )
    return context.tables.handler_rows.join(carried, on="handler", how="left").with_columns(
        pl.col("load").fill_null(0.0),
        pl.col("open_cases").fill_null(0),
    )


def _check_given(tables: Tables, new: pl.DataFrame, given: pl.DataFrame | None) -> None:
    """`BadInput` for cases that are given to somebody already, and for unknown handlers.

    A case drawn once is not drawn again: whoever could would do so until the lot suits.
    """
    if given is None:
        return
    again = given.filter(pl.col("case_id").is_in(new["case_id"].implode()))["case_id"]
    strangers = given.join(tables.handler_rows, on="handler", how="anti")["handler"]
    faults = [
        ("case_id", again, "has been given to somebody already.", "Leave it out."),
        ("handler", strangers, "is no handler of the handler table.", "Correct the name."),
    ]
    found = [
        Fault("what was given", problem, remedy, column=column, value=value)
        for column, values, problem, remedy in faults
        for value in values.unique().sort()
    ]
    if found:
        raise BadInput(found)


def _alone(tables: Tables, new: pl.DataFrame) -> tuple[Tables, Frame]:
    """The new cases as tables of their own, at their intake: what they are asked by.

    Nothing known at intake hangs on other cases.
    """
    columns = case_columns(tables.office)
    known = new.select(name for name in columns if name in new.columns)
    cases = pl.concat([pl.DataFrame(schema=columns), known], how="diagonal")
    return Tables.of(tables.office, cases), moments_of(cases.rename({"opened_at": "moment"}))


def _tracks(context: ServiceContext, known: Known, x: pl.DataFrame) -> pl.DataFrame:
    """`case_id, complex_probability, track, rule, why_en, why_zh`."""
    intake = context.office.intake
    if "complexity" not in context.model:
        none = pl.lit(None, pl.Float64).alias("complex_probability")
        estimated, cutoffs = x.select("case_id", none), Cutoffs(None, None)
    else:
        estimated = context.model.answer("complexity", x).select("case_id", "complex_probability")
        cutoffs = context.cutoffs
    frame = estimated.join(settled_tracks(known), on="case_id", how="left")
    return frame.select("case_id", "complex_probability").join(
        route(frame, intake, cutoffs.simple_below, cutoffs.complex_from), on="case_id"
    )


def _efforts(context: ServiceContext, x: pl.DataFrame) -> pl.DataFrame:
    """`case_id, effort, effort_low, effort_high`."""
    if "effort" not in context.model:
        return x.select("case_id", *(pl.lit(None, pl.Float64).alias(name) for name in EFFORTS))
    return context.model.answer("effort", x).select("case_id", *EFFORTS)


def _to_give(cases: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """The cases as `policies.assignment.eligibility.CASES` has them, without skills."""
    return new.select(
        *("case_id", "kind", "unit", "designated_handler", "designation_reason"),
        parties=listed(pl.col("parties")),
    ).join(
        cases.select("case_id", pl.col("effort").fill_null(EACH_ONE).clip(SMALLEST, LARGEST)),
        on="case_id",
    )
