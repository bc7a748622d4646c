"""The pages about findings, as each role meets them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from serving.http.pages.rectifying.finding import QUICKER, path_of
from serving.http.pages.shell.reader import now_of
from serving.memory.grades import record_grade
from serving.work.reviewing import Graded
from tests.factories.client import ask
from tests.factories.fakes import context
from tests.serving.use_cases.rectifying.following import (
    HANDLER,
    MANAGER,
    OTHER_REVIEWER,
    REVIEWER,
    Work,
    caller,
    office_at,
)

HOSTILE = "<script>alert('x')</script> & \"quoted\" \u202e"


def at_work(days_ago: int = 2, **changes: Any) -> Work:
    """An office whose reviews were made some days ago, on the real calendar."""
    today = now_of(office_at().office).date()
    return Work(office_at(today - timedelta(days=days_ago), **changes), today)


def see(work: Work, who: Caller, path: str) -> httpx.Response:
    """A page as somebody sees it."""
    return ask("GET", path, work.context, who, work.ledger)


def send(work: Work, who: Caller, **fields: str) -> httpx.Response:
    """What is answered to a form on the page of the finding of the evidence."""
    path = path_of(work.one())
    return ask("POST", path, work.context, who, work.ledger, data=fields)


def text_of(answer: httpx.Response) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_whole_way_by_forms() -> None:
    """Each sends the form of their page and comes back to it; every step is in the history."""
    work, day = at_work(), date.today() + timedelta(days=7)
    forms: list[tuple[Caller, dict[str, str]]] = [
        (HANDLER, {"do": "answer", "answer": "no", "answer_text": "It is in volume two."}),
        (REVIEWER, {"do": "decide", "decide": "yes", "decide_text": "Volume two has it not."}),
        (MANAGER, {"do": "plan", "owner": "h1", "measure": "Add it.", "due": day.isoformat()}),
        (HANDLER, {"do": "finish", "finish_text": "Added."}),
        (OTHER_REVIEWER, {"do": "check", "check": "yes", "check_text": "Saw it."}),
    ]
    for who, fields in forms:
        sent = send(work, who, **fields)
        assert sent.status_code == 303
        page = see(work, who, sent.headers["location"])
        assert "Saved." in page.text
    words = text_of(page)
    said = ("volume two.", "Volume two has it not.", "Add it.", "Added.", "Saw it.", "rectified")
    assert all(part in words for part in said)
    assert all(f"Record {taken.record}" in words for taken in work.one().course.taken)


@pytest.mark.parametrize(
    ("who", "forms"),
    [(HANDLER, {"answer"}), (REVIEWER, set()), (MANAGER, set()), (caller(Role.AUDITOR), set())],
)
def test_a_page_has_the_forms_of_its_reader(who: Caller, forms: set[str]) -> None:
    """A new finding waits for its handler; others only read."""
    work = at_work()
    page = see(work, who, path_of(work.one()))
    assert page.status_code == 200
    assert set(re.findall(r'name="do" value="(\w+)"', page.text)) == forms


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "answer"}, ["is not answered.", "is empty."]),
        ({"do": "answer", "answer": "no", "answer_text": "  "}, ["is empty."]),
        ({"do": "answer", "answer": "maybe", "answer_text": "x"}, ["is not answered."]),
        ({"do": "answer", "answer": "no", "answer_text": "x" * 4001}, ["more than 4,000 letters"]),
        ({"do": "fly"}, ["is not one of this page."]),
        ({}, ["is not one of this page."]),
        ({"do": "plan"}, ["is nobody of the list.", "is empty.", "is not a day."]),
        ({"do": "plan", "owner": "h1", "measure": "x", "due": "1999-01-01"}, ["is past"]),
        ({"do": "plan", "owner": "h1", "measure": "x", "due": "9999-12-31"}, ["a year away"]),
        ({"do": "plan", "owner": "nobody", "measure": "x", "due": "1999-01-01"}, ["nobody of the"]),
        ({"do": "check"}, ["is not answered.", "is empty."]),
        ({"do": "finish"}, ["is empty."]),
        ({"do": "withdraw"}, ["is empty."]),
        ({"do": "decide"}, ["is not answered.", "is empty."]),
    ],
)
def test_every_fault_of_a_form_is_said(fields: dict[str, str], said: list[str]) -> None:
    """At the top of the same page, with what was written still there; nothing is recorded."""
    work = at_work()
    before = len(work.ledger.lines)
    answer = send(work, HANDLER, **fields)
    assert answer.status_code == 422
    assert all(sentence in text_of(answer) for sentence in said)
    assert len(work.ledger.lines) == before
    if written := fields.get("answer_text", "").strip():
        assert f">{written}</textarea>" in answer.text


def test_who_may_not_is_refused_with_the_reason() -> None:
    """A manager answers for nobody."""
    work = at_work()
    answer = send(work, MANAGER, do="answer", answer="yes")
    assert answer.status_code == 422
    assert "Only the handler of the case can answer." in text_of(answer)


def test_who_was_slower_is_told() -> None:
    """The step is recorded and changes nothing; the page says so and how it stands."""
    work = at_work()
    work.answered()
    page = see(work, HANDLER, path_of(work.one(), recorded=1))
    assert str(QUICKER) in text_of(page)
    for odd in ("x", "²", "9" * 30, ""):
        assert see(work, HANDLER, path_of(work.one(), recorded=odd)).status_code == 200


@pytest.mark.parametrize("who", [caller(Role.HANDLER, "h2"), caller(Role.MANAGER, "m", "u2")])
def test_a_finding_of_another_case_is_not_there(who: Caller) -> None:
    """Nor in the list, nor as a page, nor for a form; the same as one that does not exist."""
    work = at_work()
    path = path_of(work.one())
    answers = [
        see(work, who, path),
        send(work, who, do="answer", answer="yes"),
        see(work, who, path.replace("case=a", "case=nobody")),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ">a<" not in see(work, who, "/rectification?show=all").text


@pytest.mark.parametrize(
    ("asked", "cases"),
    [
        ("", ["a", "a", "b", "c"]),
        ("?show=mine", ["a", "a", "c"]),
        ("?show=final", []),
        ("?show=found&unit=u2", ["b", "c"]),
        ("?when=overdue", []),
        ("?show=nonsense&when=nonsense&page=nonsense", ["a", "a", "b", "c"]),
        ("?show=all&page=99999999999999999999", ["a", "a", "b", "c"]),
    ],
)
def test_the_list_is_chosen_by_a_form(asked: str, cases: list[str]) -> None:
    """By what can be done, how it stands, when it is due, and unit; whatever else is asked."""
    chief = Caller("u", frozenset([Role.MANAGER, Role.HANDLER]), None, "h1")
    page = see(at_work(), chief if asked != "?show=mine" else HANDLER, f"/rectification{asked}")
    assert page.status_code == 200
    assert re.findall(r'<a href="/rectification/finding[^"]*"><bdi>(\w+)</bdi>', page.text) == cases


def test_what_is_overdue_is_marked() -> None:
    """Forty days after the review nothing was done."""
    page = see(at_work(40), MANAGER, "/rectification?when=overdue&show=final")
    words = text_of(page)
    assert words.count("overdue") == 5  # four findings, and the choice above the list
    assert "needs a measure" in words


def test_texts_of_people_are_shown_as_texts() -> None:
    """Whatever they write."""
    work = at_work()
    send(work, HANDLER, do="answer", answer="no", answer_text=HOSTILE)
    page = see(work, MANAGER, path_of(work.one()))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_an_office_that_follows_nothing_says_what_to_do() -> None:
    """The list says so, and there is no page of a finding."""
    none = context()
    page = ask("GET", "/rectification", none, MANAGER)
    assert page.status_code == 200
    assert "[rectification]" in page.text
    assert ask("GET", "/rectification/finding?case=c", none, MANAGER).status_code == 404


@pytest.mark.parametrize(
    "query", ["", "?case=a", "?case=a&closed=x&dimension=evidence", "?case=%00&dimension=%ff"]
)
def test_an_address_that_names_no_finding_leads_nowhere(query: str) -> None:
    """Whatever stands in it."""
    work = at_work()
    assert see(work, MANAGER, f"/rectification/finding{query}").status_code == 404


def test_a_finding_leads_to_its_case() -> None:
    """Not for an owner who sees the finding alone."""
    work, owner = at_work(), caller(Role.HANDLER, "h5")
    work.answered(agrees=True)
    work.planned(owner="h5")
    path = path_of(work.one())
    assert 'href="/case?id=a"' in see(work, HANDLER, path).text
    page = see(work, owner, path)
    assert page.status_code == 200
    assert "/case?" not in page.text


def test_a_consolidated_grade_speaks_for_itself() -> None:
    """It is nobody's alone; its reason is what the handler reads, and its record is named."""
    work = at_work()
    at = now_of(work.context.office)
    for reading, who, reason in (
        ("second", "r2", "Seen again."),
        ("consolidated", "m1", "As both agreed."),
    ):
        step = Graded(
            case_id="a",
            reading=reading,
            reviewer=who,
            grade="bad",
            dimensions=("evidence",),
            reason=reason,
        )
        record_grade(lambda: work.context, work.record, step, at, None, "u")
    assert work.one().finding.finder is None
    page = see(work, HANDLER, path_of(work.one())).text
    assert "As both agreed." in page
    assert "Seen again." not in page
