"""Everything that the people of the demo did, in order, by the use cases of pages and commands.

Nothing is written by hand into the ledger or a folder. What people do follows from the seed of the
demo and the day on which it is made (`calendar.py`); which measures are checked is drawn by the
hashes of records, so it is another draw in each demo.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from cases.language.catalogues import Language
from cases.language.messages import _
from cases.progress import Progress
from cli.demo.alerts import watch_cases
from cli.demo.calendar import present_moment
from cli.demo.decisions import decide_about_new_cases, draw_another_plan, take_out
from cli.demo.findings import Rectifying, handler_with_findings
from cli.demo.grades import consolidate, grade_at_pages, readings_made, take_in_form
from cli.demo.people import Desk, let_in
from cli.demo.runs import run_without_tables
from ledger.ledger import Ledger
from models.bundle.bundle import Bundle
from serving.access.rules import Role
from serving.http.pages.shell.rooms import Rooms
from serving.kept.begin import PLANS, begin
from serving.kept.folders import code_version
from serving.kept.home.under_way import plan_under_way
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.step import step_entry
from serving.workspace import Workspace

LIVING = _("people work with it")


def live(
    workspace: Workspace,
    context: ServiceContext,
    champion: Bundle,
    ledger: Ledger,
    language: Language,
    seed: int,
    tell: Progress,
) -> None:
    """Let people work with the plan and the new cases of a demo, unless it is too early for that.

    `context` is the office before that, with its `champion`.
    """
    today, as_of = present_moment(context.tables), context.tables.latest_record
    if today is None:
        return
    tell(LIVING, 0.0)
    folder = workspace.data
    made_from = {"model_hash": champion.content_hash, "code": code_version()}
    current = Current(replace(context, made_from=made_from), ledger)
    desk = Desk(current, Rooms(workspace.home), language)
    plan = _begun(desk, folder / "plan", language)
    given = desk.current.context.remembered.work.reviewing.readings
    made = readings_made(plan, given, folder, seed)
    people = let_in(workspace, _persons(context, given, made))
    manager, reviewer = people[Role.MANAGER], people[Role.REVIEWER]
    mine = made["reviewer"] == reviewer.person
    tell(LIVING, 0.1)
    draw_another_plan(desk, manager, as_of, seed)
    tell(LIVING, 0.4)
    kept = workspace.home / PLANS / plan.plan_id
    take_in_form(desk, manager, kept, made.filter(~mine), today, folder)
    grade_at_pages(desk, reviewer, plan, made.filter(mine, reading="first"), today)
    consolidate(desk, manager, plan, today)
    tell(LIVING, 0.7)
    take_out(desk, manager, plan, today)
    decide_about_new_cases(desk, people[Role.CLERK], manager, today)
    Rectifying(desk, people, today).run()
    watch_cases(desk, ledger, champion, people[Role.CLERK], today)
    run_without_tables(workspace, ledger, today)
    ledger.checkpoint()
    tell(LIVING, 1.0)


def _begun(desk: Desk, folder: Path, language: Language) -> UnderWay:
    """The plan in a folder, once its reviews have begun."""
    now, home = desk.current.context, desk.rooms.home
    begun = begin(now.tables, now.remembered, home, folder, language)
    if begun.step is not None:
        desk.current.record_all(step_entry(name_of(now.office), begun.step, None))
    plans = desk.current.context.remembered.work.reviewing.plans
    return plan_under_way(home, plans[begun.plan_id])


def _persons(context: ServiceContext, given: pl.DataFrame, made: pl.DataFrame) -> dict[Role, Any]:
    """Who of the tables the users are: a reviewer with much to read, a handler with findings."""
    tables = context.tables
    readings = given.group_by("reviewer").len().sort(-pl.col("len").cast(pl.Int64), "reviewer")
    return {
        Role.REVIEWER: next(iter(readings["reviewer"]), tables.reviewer_rows["reviewer"].min()),
        Role.HANDLER: handler_with_findings(made) or tables.handler_rows["handler"].min(),
    }
