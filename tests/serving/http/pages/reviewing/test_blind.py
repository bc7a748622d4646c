"""Who is still to grade a case learns nothing of its risk, its choice or another's grade."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import polars as pl
import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from serving.kept.begin import PLANS
from serving.kept.home import under_way
from serving.memory.current import Current
from serving.use_cases.remembered import Remembered
from tests.serving.http.access.browser import Browser
from tests.serving.use_cases.reviewing.office import MANAGER, Office, reviewer

TELLING = re.compile(
    r"search:|random draw:|rule:|certain to be drawn|[Ii]nclusion probability|of 100 such|"
    r"<td[^>]*>(search|random draw|rule)<|en: [a-h]|points"
)


def _page(office: Office, caller: Caller, path: str) -> str:
    answer = Browser(office.app(caller)).get(path)
    assert answer.status_code == 200, path
    return answer.text


def _grade(office: Office, case_id: str, grade: str = "good", **fields: str) -> None:
    person = office.reader(case_id, fields.pop("reading", "first"))
    browser = Browser(office.app(reviewer(person)))
    answer = browser.send(f"/case/grade?id={case_id}", grade=grade, do="save", **fields)
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize("person", ["r1", "r2"])
def test_nothing_tells_before_the_grade(blind: Office, person: str) -> None:
    """On no page for a reviewer, of no case that is not graded."""
    cases = [f"/case?id={case_id}" for case_id in blind.plan.cases["case_id"]]
    for path in (*cases, "/work", "/cases", "/cases?order=unit"):
        assert not TELLING.search(_page(blind, reviewer(person), path)), path


@pytest.mark.parametrize("way", ["search", "lottery", "mandatory"])
def test_a_filter_finds_no_case_whose_choice_is_hidden(blind: Office, way: str) -> None:
    """Else the filter would say what the page hides."""
    page = _page(blind, reviewer("r1"), f"/cases?way={way}")
    assert 'href="/case?' not in page


def test_a_blind_list_is_in_the_reading_order(blind: Office) -> None:
    """That order has nothing to do with the risk; who plans sees the order of checking."""
    turns = blind.plan.cases["case_id"].to_list()
    ranks = blind.plan.cases.sort("rank")["case_id"].to_list()
    assert turns != ranks
    assert _listed(_page(blind, reviewer("r1"), "/cases")) == turns
    assert _listed(_page(blind, MANAGER, "/cases")) == ranks


def _listed(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/case\?id=(\w+)', page)


def test_the_page_of_a_case_says_why_nothing_is_said(blind: Office) -> None:
    """And when it will be."""
    page = _page(blind, reviewer("r1"), f"/case?id={_first_of(blind, 'r1')}")
    assert "shown once your grade is saved" in page


def _first_of(office: Office, person: str) -> str:
    given = office.context.remembered.work.reviewing.readings
    return str(given.filter(reviewer=person, reading="first")["case_id"][0])


def test_after_the_grade_all_is_shown(blind: Office) -> None:
    """Why, the risk, the reasons, similar cases; and it was kept that the risk was not shown."""
    case_id = _first_of(blind, "r1")
    _grade(blind, case_id)
    page = _page(blind, reviewer("r1"), f"/case?id={case_id}")
    assert "of 100 such" in page
    assert "Similar past cases" in page
    row = blind.context.tables.review_rows.filter(case_id=case_id).row(0, named=True)
    assert row["risk_shown"] is False


def test_a_second_reader_sees_no_grade(office: Office) -> None:
    """Nor the remarks, nor who it was, nor its record; not even where the risk is shown."""
    case_id = office.twice()
    _grade(office, case_id, "best", good="so very well done", reason="remarkable")
    second = reviewer(office.reader(case_id, "second"))
    for path in (f"/case?id={case_id}", f"/case/grade?id={case_id}", "/excellent", "/work"):
        page = _page(office, second, path)
        for told in ("so very well done", "remarkable", "What the review found</h2>", "was graded"):
            assert told not in page, (path, told)
    assert 'href="/case?id=' + case_id not in _page(office, second, "/excellent")


def test_the_first_reader_sees_only_their_own_grade_until_the_second_is_in(office: Office) -> None:
    """Then both; the manager sees each as it comes."""
    case_id = office.twice()
    _grade(office, case_id, reason="the first remark")
    first = reviewer(office.reader(case_id))
    assert "the first remark" in _page(office, first, f"/case?id={case_id}")
    assert "the first remark" in _page(office, MANAGER, f"/case?id={case_id}")
    _grade(office, case_id, "bad", reading="second", reason="the second remark")
    assert "the second remark" in _page(office, first, f"/case?id={case_id}")


def test_a_list_tells_who_handled_a_case_as_little_as_its_page(office: Office) -> None:
    """Not only its handler today: whoever did something in it does not review it."""
    acted = "b"  # of h2, who did something in it; only their own cases are hidden
    office.current = _with_actor(office, acted, "r5")
    for person, told in (("r5", False), (None, False), ("r6", True)):
        page = _page(office, reviewer(person), "/cases")
        row = page[page.index(f'href="/case?id={acted}&') :]
        assert ("shown after grading" not in row[: row.index("</tr>")]) is told


def _with_actor(office: Office, case_id: str, person: str) -> Current:
    tables = office.context.tables
    new = pl.col("actor").replace({"h2": person})
    events = tables.rows("events").with_columns(
        pl.when(pl.col("case_id") == case_id).then(new).otherwise("actor").alias("actor")
    )
    changed = replace(office.context, tables=tables.with_rows(events=events))
    return Current(replace(changed, remembered=Remembered()), office.ledger)


def test_a_manager_who_is_to_grade_a_case_sees_as_little(blind: Office) -> None:
    """As long as the case is theirs; that they may have seen the plan before is kept."""
    case_id = _first_of(blind, "r1")
    both = reviewer("r1", Role.MANAGER, Role.REVIEWER)
    assert not TELLING.search(_page(blind, both, f"/case?id={case_id}"))
    assert case_id not in _listed(_page(blind, both, "/cases?way=search"))
    browser = Browser(blind.app(both))
    browser.send(f"/case/grade?id={case_id}", grade="good", do="save")
    row = blind.context.tables.review_rows.filter(case_id=case_id).row(0, named=True)
    assert row["risk_shown"] is None


def test_a_handler_sees_facts_and_the_settled_finding_alone(office: Office) -> None:
    """Of the own case; nothing of the plan, the risk or who reviewed it."""
    case_id = office.twice()
    handler = reviewer(
        office.context.tables.of_cases("cases", [case_id])["handler"].item(), Role.HANDLER
    )
    _grade(office, case_id, "bad", reason="a remark")
    page = _page(office, handler, f"/case?id={case_id}")
    assert "number of suspects" in page
    for told in ("a remark", "of 100 such", "plan of", "random draw", "search:"):
        assert told not in page
    _grade(office, case_id, "bad", reading="second", reason="a second remark")
    page = _page(office, handler, f"/case?id={case_id}")
    assert "a remark" in page
    for told in ("of 100 such", "plan of", ">r1<", ">r2<", "a second remark"):
        assert told not in page


def test_cases_of_others_are_not_there(office: Office) -> None:
    """A handler's page of another's case, a clerk's of another unit: nothing is there."""
    handler = reviewer("h3", Role.HANDLER)
    clerk = Caller("clerk", frozenset({Role.CLERK}), frozenset({"u1"}))
    reader = reviewer("r1", units=frozenset({"u1"}))
    for caller, case_id in ((handler, "c"), (clerk, "c"), (reader, "c"), (reader, "no such case")):
        answer = Browser(office.app(caller)).get(f"/case?id={case_id}")
        assert answer.status_code == 404
    page = _page(office, reader, "/cases")
    assert "c" not in _listed(page)
    assert 'value="u2"' not in page  # nor does a filter name another unit


def test_a_clerk_sees_the_facts_alone(office: Office) -> None:
    """No grade, no plan, no risk."""
    case_id = _first_of(office, "r1")
    _grade(office, case_id, reason="a remark")
    clerk = Caller("clerk", frozenset({Role.CLERK}))
    page = _page(office, clerk, f"/case?id={case_id}")
    for told in ("a remark", "of 100 such", "plan of"):
        assert told not in page


@pytest.mark.parametrize("is_open", [True, False])
def test_a_damaged_plan_tells_nobody_the_first_grade(office: Office, *, is_open: bool) -> None:
    """The second reader stays blind where the folder of the plan cannot be read."""
    case_id, second = office.twice(), office.reader(office.twice(), "second")
    _grade(office, case_id, "bad", reason="Told to nobody yet.")
    if not is_open:
        _grade(office, case_id, "bad", reading="second", reason="The same.")
    shutil.rmtree(office.home / PLANS)
    under_way._read.cache_clear()
    page = _page(office, reviewer(second), f"/case?id={case_id}")
    assert ("Told to nobody yet." not in page) is is_open
