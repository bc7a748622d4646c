"""Work found excellent: so that others can learn from it, and that it is seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from cases.office.model import Office
from features.grades import counting
from serving.access.caller import Caller, graded_scopes
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.progress import SETTLED, progress
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.readings import unread_elsewhere
from serving.work.reviewing import Graded

MOST_LISTED = 1_000  # cases, those reviewed last
PRAISE = {"case_id": pl.String(), "good": pl.List(pl.String())}


def excellent(context: ServiceContext, caller: Caller, plans: Sequence[UnderWay]) -> pl.DataFrame:
    """Cases with the best grade, or with a word on what was done well; the newest first.

    Those in scope of which the caller learns the grade.

    Columns `case_id, reviewed_at, grade, good`, a list (null where there is no word). It is the
    grade that counts; a case that somebody still reads, or of which two grades differ, is not
    among them. Where only one grade is no defect, that grade is nothing special.
    """
    best = best_grades(context.office)
    counted = context.kept("counting grades", lambda: _counting(context))
    praised = pl.DataFrame([*_praised(context)], PRAISE, orient="row")
    waiting = [_waiting(context, plan) for plan in plans]
    read, remembered = [plan.plan_id for plan in plans], context.remembered
    elsewhere = unread_elsewhere(remembered.work, remembered.days, context.tables, read)
    waiting.append(elsewhere["case_id"])
    found = (
        counted.join(praised, on="case_id", how="left", maintain_order="left")
        .filter(pl.col("grade").is_in(best) | pl.col("good").is_not_null())
        .filter(~pl.col("case_id").is_in(pl.concat([praised["case_id"][:0], *waiting]).implode()))
    )
    return found.filter(pl.col("case_id").is_in(_known(context, caller, found))).head(MOST_LISTED)


def best_grades(office: Office) -> list[str]:
    """The codes that are or count as the best grade; none if no other is without a defect."""
    present = office.present_grades
    good = [
        code for code, now in present.items() if code == now and code not in office.defect_grades
    ]
    return [code for code, now in present.items() if len(good) > 1 and now == good[0]]


def _known(context: ServiceContext, caller: Caller, found: pl.DataFrame) -> list[str]:
    """The cases of which this caller learns the grade."""
    ids = context.known(found["case_id"].to_list())
    scopes = graded_scopes(caller)
    return sorted({case_id for one in scopes for case_id in context.within(one).known(ids)})


def _waiting(context: ServiceContext, plan: UnderWay) -> pl.Series:
    """The cases of a plan whose grade is not settled."""
    return progress(context, plan).filter(~pl.col("state").is_in(SETTLED))["case_id"]


def _counting(context: ServiceContext) -> pl.DataFrame:
    reviews = context.tables.review_rows.with_columns(known_at="reviewed_at")
    found = counting(reviews).select("case_id", "reviewed_at", "grade")
    return found.sort("reviewed_at", "case_id", descending=[True, False])


def _praised(context: ServiceContext) -> Iterator[tuple[str, list[str]]]:
    """What reviewers wrote was done well, by case, each text once."""
    work = context.remembered.work.reviewing
    for case_id in {**work.graded, **work.again}:
        taken = (*work.graded.get(case_id, ()), *work.again.get(case_id, ()))
        texts = [one.step.good.strip() for one in taken if isinstance(one.step, Graded)]
        words = [*dict.fromkeys(filter(None, texts))]
        if words:
            yield case_id, words
