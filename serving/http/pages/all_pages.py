"""Every page of the service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from serving.access.rules import Action
from serving.http.operations import Operation
from serving.http.pages.administration import keys, system, user, users
from serving.http.pages.intake import cases as new_cases
from serving.http.pages.intake import one_case as new_case
from serving.http.pages.ledger import one_record, records, verify
from serving.http.pages.office import goals, overview, report, told
from serving.http.pages.planning import new, ordered, override, plan, plans, promised
from serving.http.pages.planning import verify as verify_plan
from serving.http.pages.rectifying import finding, findings
from serving.http.pages.reviewing import (
    cases,
    consolidate,
    excellent,
    give_back,
    grade,
    my_work,
    one_case,
    one_reading,
)
from serving.http.pages.shell.page import Page
from serving.http.pages.start import first_page
from serving.http.pages.start.interface import interface
from serving.http.pages.watching import alert, alerts, clocks
from serving.http.pages.watching.seen import ALERT, ALERTS, CASE


def all_pages(offered: Sequence[Operation]) -> Iterator[Page]:
    """The pages of an office whose service offers these operations."""
    yield Page("/", Action.SEE_INTERFACE, first_page.show)
    yield from _reviewing()
    yield from _planning()
    yield Page("/new-cases", Action.INTAKE, new_cases.show, new_cases.act, heavy=True)
    yield Page("/new-case", Action.INTAKE, new_case.show, new_case.act)
    yield Page(findings.PATH, Action.SEE_CASE, findings.show)
    yield Page(finding.PATH, Action.SEE_CASE, finding.show, finding.act)
    yield from _watching()
    yield from _office()
    yield from _ledger()
    yield from _administration()
    yield Page("/interface", Action.SEE_INTERFACE, interface(offered))


def _reviewing() -> Iterator[Page]:
    see, do = Action.SEE_CASE, Action.RECORD_REVIEW
    yield Page("/work", do, my_work.show)
    yield Page("/cases", Action.SEE_DRAWN, cases.show)
    yield Page("/case", see, one_case.show, one_case.take, act_as=do)
    yield Page("/case/grade", do, grade.show, grade.act)
    yield Page("/case/give-back", do, give_back.show, give_back.act)
    manage = Action.CONSOLIDATE
    yield Page("/case/take-back", manage, give_back.show_to_manager, give_back.act_as_manager)
    yield Page("/case/one-reading", manage, one_reading.show, one_reading.act)
    yield Page("/case/consolidate", manage, consolidate.show, consolidate.act)
    yield Page("/case/override", Action.OVERRIDE, override.show, override.act)
    yield Page("/excellent", see, excellent.show)


def _planning() -> Iterator[Page]:
    see, do = Action.SEE_PLANS, Action.PLAN
    yield Page("/plans", see, plans.show)
    yield Page("/plan", see, plan.show, plan.act, act_as=do)
    yield Page("/plan/file", see, plan.file)
    yield Page("/plan/verify", see, verify_plan.show, heavy=True)
    yield Page("/plan/new", do, new.show, new.act, heavy=True)
    yield Page("/plan/promised", do, promised.show, promised.act, heavy=True)
    yield Page("/plan/commitment", see, promised.file)
    yield Page("/plan/ordered", do, ordered.show, ordered.act, heavy=True)


def _watching() -> Iterator[Page]:
    see = Action.SEE_ALERTS
    yield Page(ALERTS, see, alerts.show, heavy=True)
    yield Page(ALERT, see, alert.show, alert.act, act_as=Action.ANSWER_ALERT, heavy=True)
    yield Page(CASE, see, clocks.show, heavy=True)


def _office() -> Iterator[Page]:
    see = Action.SEE_REPORT
    yield Page(overview.PATH, see, overview.show)
    yield Page(told.PATH, see, told.show)
    yield Page(report.PATH, see, report.show)
    yield Page(goals.PATH, see, goals.show, heavy=True)


def _ledger() -> Iterator[Page]:
    see = Action.SEE_LEDGER
    yield Page("/ledger", see, records.show)
    yield Page("/ledger/record", see, one_record.show)
    yield Page("/ledger/verify", see, verify.show, verify.act, heavy=True)
    yield Page("/ledger/checkpoint", see, verify.checkpoint)


def _administration() -> Iterator[Page]:
    users_too, keys_too = Action.MANAGE_USERS, Action.MANAGE_KEYS
    yield Page(users.PATH, users_too, users.show)
    yield Page("/users/new", users_too, users.form, users.add)
    yield Page(user.PATH, users_too, user.show, user.act)
    yield Page(keys.PATH, keys_too, keys.show, keys.act)
    yield Page("/keys/new", keys_too, keys.form, keys.make)
    yield Page(system.PATH, Action.MANAGE_SYSTEM, system.show, system.act, heavy=True)
