"""A reading that its reviewer cannot make: given back, taken back, made by another or by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.ledger import Entry
from ledger.records import Record
from serving.access.rules import Role
from serving.http.pages.shell.rooms import Rooms
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.my_work import to_grade
from serving.use_cases.reviewing.progress import CaseProgress, progress
from serving.work.reviewing import Assigned, GivenBack
from serving.work.step import step_entry
from tests.serving.http.access.browser import Browser
from tests.serving.use_cases.reviewing.office import MANAGER, Office, office_under_review, reviewer

WHY = {"reason": "conflict of interest"}
THREE = """
reviewer | unit | kinds | capacity | most_open | absent_from | absent_until
r1       | -    | -     | 1        | -         | -           | -
r2       | -    | -     | 1        | -         | -           | -
r7       | -    | -     | 1        | -         | -           | 2026-03-02
"""


@pytest.fixture
def three(tmp_path: Path) -> Office:
    """As `office`, with a third reviewer who was absent when the reviewers were drawn."""
    return office_under_review(tmp_path, reviewers=THREE)


def _browser(office: Office, person: str, *roles: Role) -> Browser:
    return Browser(office.app(reviewer(person, *roles)))


def _path(office: Office, what: str, case_id: str, **query: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/case{what}?id={case_id}&plan={office.plan.plan_id}{more}"


def _once(office: Office) -> str:
    """A case that is read once."""
    return str(office.plan.cases.filter(~office.plan.cases["second_review"])["case_id"][0])


def _gives_back(office: Office, case_id: str, reading: str = "first") -> str:
    """Let who has a reading give it back; who that is."""
    person = office.reader(case_id, reading)
    answer = _browser(office, person).send(_path(office, "/give-back", case_id), **WHY)
    assert answer.status_code == 303, answer.text
    return person


def _given(office: Office, case_id: str, reading: str = "first") -> str:
    """What the card of a manager sends besides the reason."""
    last = office.context.remembered.work.reviewing.last_step(office.plan.plan_id, case_id, reading)
    assert last is not None
    return str(last.record)


def _state(office: Office, case_id: str) -> str:
    """How far a case is; both ways to ask say the same."""
    one = CaseProgress.of(office.context, office.plan, case_id)
    assert one is not None
    found = progress(office.context, office.plan).filter(case_id=case_id)
    assert (found["state"].item(), found["free"].item()) == (one.state, len(one.free_readings))
    return one.state


def _lists(office: Office, person: str) -> list[str]:
    return to_grade(office.context, person, [office.plan])["case_id"].to_list()


def test_a_reading_is_given_back_and_another_reviewer_takes_it(three: Office) -> None:
    """By its reviewer, with a reason; it leaves one list of work and comes to the other."""
    case_id = _once(three)
    person = three.reader(case_id)
    browser, path = _browser(three, person), _path(three, "/give-back", case_id)
    assert path.replace("&", "&amp;") in browser.get(_path(three, "", case_id)).text
    card = browser.get(path).text
    assert "You have the first reading of this case." in card
    answer = browser.send(path, **WHY)
    assert answer.headers["location"] == "/work?said=given_back"
    assert case_id not in _lists(three, person)
    assert _state(three, case_id) == "first"
    other = _browser(three, "r7")
    assert "1 reading that nobody has" in other.get("/work").text
    assert f"id={case_id}&amp;" in other.get("/cases?who=nobody").text
    assert other.send(_path(three, "", case_id)).status_code == 303
    assert _lists(three, "r7") == [case_id]
    assert other.send(f"/case/grade?id={case_id}", grade="good", do="save").status_code == 303
    assert _state(three, case_id) == "done"


def test_what_happened_is_recorded_and_the_reason_is_for_who_plans(three: Office) -> None:
    """It stands beside the record and is erased alone; that the reading was given back stays."""
    case_id = _once(three)
    person = _gives_back(three, case_id)
    record = three.ledger.lines[-1]
    assert record.content["step"] == "given back"
    assert record.content["by"] == f"user of {person}"
    assert three.ledger.beside(record.number)["reason"] == WHY["reason"]
    path = _path(three, "", case_id)
    assert WHY["reason"] in Browser(three.app(MANAGER)).get(path).text
    for who in (person, "r7"):
        page = _browser(three, who).get(path).text
        assert "a reading was given back" in page
        assert WHY["reason"] not in page
    _browser(three, "r7").send(path)
    three.ledger.erase(record.number, "reason")
    assert WHY["reason"] not in Browser(three.app(MANAGER)).get(path).text
    assert three.reader(case_id) == "r7"


def test_who_gave_a_case_back_takes_no_reading_of_it_again(three: Office) -> None:
    """Neither that one nor another one; who had one does not read the case twice, either."""
    case_id = three.twice()
    person = _gives_back(three, case_id, "second")
    path = _path(three, "", case_id)
    browser = _browser(three, person)
    assert "Take this case" not in browser.get(path).text
    assert browser.send(path, "/cases").status_code == 422
    first = _gives_back(three, case_id)
    for who in (person, first):
        assert _browser(three, who).send(path, "/cases").status_code == 422
    assert _browser(three, "r7").send(path).status_code == 303
    assert three.reader(case_id) == "r7"
    assert _browser(three, "r7").send(path, "/cases").status_code == 422


def test_no_reason_nothing_is_given_back(three: Office) -> None:
    """The card comes back with what is missing; what is too long is not cut off in silence."""
    case_id = _once(three)
    person = three.reader(case_id)
    for reason in ("  ", "x" * 4001):
        answer = _browser(three, person).send(_path(three, "/give-back", case_id), reason=reason)
        assert answer.status_code == 422
        assert 'href="#reason"' in answer.text
    assert three.reader(case_id) == person


def test_a_draft_of_a_reading_that_was_given_back_is_gone(three: Office) -> None:
    """Nobody could send it any more."""
    case_id = _once(three)
    person = three.reader(case_id)
    sent = {"grade": "bad", "reason": "half a sentence", "do": "draft"}
    _browser(three, person).send(f"/case/grade?id={case_id}", **sent)
    drafts = _drafts(three, person)
    assert len(drafts) == 1
    _gives_back(three, case_id)
    assert _drafts(three, person) == set()


def _drafts(office: Office, person: str) -> set[tuple[str, str, str]]:
    return Rooms(office.home).drafts.begun(f"user of {person}")


def test_only_an_open_reading_of_ones_own_is_given_back(three: Office) -> None:
    """A second form says so; so does that of a case which is graded, or another's."""
    case_id = _once(three)
    person = _gives_back(three, case_id)
    path = _path(three, "/give-back", case_id)
    for who in (person, "r7"):
        assert "You have no reading of this case" in _browser(three, who).get(path).text
        answer = _browser(three, who).send(path, "/cases", **WHY)
        assert answer.status_code == 422
        assert answer.text.count("You have no reading of this case") == 1
    other = three.plan.cases.filter(~three.plan.cases["second_review"])["case_id"][1]
    three.graded(other, "good")
    answer = _browser(three, three.reader(other)).send(
        _path(three, "/give-back", other), "/cases", **WHY
    )
    assert answer.status_code == 422


def test_who_handled_a_case_can_give_it_back(three: Office) -> None:
    """That is what it is for: they cannot grade it."""
    case_id = _once(three)
    handler = three.context.tables.of_cases("cases", [case_id])["handler"].item()
    _gives_back(three, case_id)
    plan = three.plan.plan_id
    _record(three, Assigned(plan=plan, case_id=case_id, reading="first", reviewer=handler))
    assert three.reader(case_id) == handler
    page = _browser(three, handler, Role.REVIEWER).get(_path(three, "", case_id)).text
    assert "I cannot review this case" in page
    assert "Grade this case" not in page
    assert _gives_back(three, case_id) == handler


def _record(office: Office, step: Assigned) -> None:
    office.ledger.append(step_entry(name_of(office.context.office), step, "somebody"))


def test_a_manager_takes_a_reading_back(three: Office) -> None:
    """From whom the card names; the reviewer has no list with it any more."""
    case_id = three.twice()
    person = three.reader(case_id, "second")
    manager = Browser(three.app(MANAGER))
    path = _path(three, "/take-back", case_id, reading="second")
    assert path.replace("&", "&amp;") in manager.get(_path(three, "", case_id)).text
    card = manager.get(path).text
    assert f"{person} has the second reading of this case." in card
    given = _given(three, case_id, "second")
    assert f'name="given" value="{given}"' in card
    answer = manager.send(path, given=given, **WHY)
    assert answer.headers["location"] == f"{_path(three, '', case_id)}&said=given_back"
    assert case_id not in _lists(three, person)
    (*_drawn, taken) = three.context.remembered.work.reviewing.reading_steps[case_id]
    assert isinstance(taken.step, GivenBack)
    assert (taken.step.reviewer, taken.by) == (person, "user m")
    assert manager.send(path, "/cases", given=given, **WHY).status_code == 422


def test_a_card_that_is_out_of_date_takes_nothing_from_who_has_the_reading_now(
    three: Office,
) -> None:
    """It named another reviewer."""
    case_id = _once(three)
    before = _given(three, case_id)
    _gives_back(three, case_id)
    _browser(three, "r7").send(_path(three, "", case_id))
    path = _path(three, "/take-back", case_id, reading="first")
    answer = Browser(three.app(MANAGER)).send(path, "/cases", given=before, **WHY)
    assert answer.status_code == 422
    assert three.reader(case_id) == "r7"


@pytest.mark.parametrize("reading", ["third", "consolidated", ""])
def test_there_are_two_readings_to_take_back(three: Office, reading: str) -> None:
    """Anything else is nobody's."""
    path = _path(three, "/take-back", _once(three), reading=reading)
    assert "Nobody has this reading" in Browser(three.app(MANAGER)).get(path).text


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.CLERK, Role.HANDLER])
def test_only_a_manager_decides_about_readings_of_others(three: Office, role: Role) -> None:
    """Nobody else sees the cards, or a way to them."""
    case_id = three.twice()
    for what in ("/take-back", "/one-reading"):
        path = _path(three, what, case_id, reading="first")
        browser = _browser(three, "h9", role)
        assert browser.get(path).status_code == 403
        assert browser.send(path, "/", **WHY).status_code == 403
        page = browser.get(_path(three, "", case_id))
        assert f"/case{what}" not in page.text


def test_a_manager_who_handled_the_case_decides_nothing_about_its_readings(three: Office) -> None:
    """Else who is reviewed could choose by whom."""
    case_id = three.twice()
    handler = three.context.tables.of_cases("cases", [case_id])["handler"].item()
    browser = _browser(three, handler, Role.MANAGER)
    path = _path(three, "/take-back", case_id, reading="first")
    assert "another manager decides" in browser.get(path).text
    answer = browser.send(path, "/cases", given=_given(three, case_id), **WHY)
    assert answer.status_code == 422
    _gives_back(three, case_id, "second")
    assert "another manager decides" in browser.get(_path(three, "/one-reading", case_id)).text


def test_a_manager_takes_back_within_their_units_only(three: Office) -> None:
    """A case of another unit is as if not there."""
    case_id = _once(three)
    unit = three.context.tables.of_cases("cases", [case_id])["unit"].item()
    for units, status in ((frozenset({unit}), 200), (frozenset({"u9"}), 404)):
        caller = reviewer("m1", Role.MANAGER, units=units)
        path = _path(three, "/take-back", case_id, reading="first")
        assert Browser(three.app(caller)).get(path).status_code == status


def test_of_two_at_once_the_first_counts(three: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a manager takes a reading back, its reviewer grades it: the second is told."""
    case_id, append = _once(three), three.ledger.append
    path = _path(three, "/take-back", case_id, reading="first")

    def later(*entries: Entry) -> list[Record]:
        monkeypatch.setattr(three.ledger, "append", append)
        three.graded(case_id, "good")
        return append(*entries)

    given = _given(three, case_id)
    monkeypatch.setattr(three.ledger, "append", later)
    answer = Browser(three.app(MANAGER)).send(path, "/cases", given=given, **WHY)
    assert answer.status_code == 422
    assert "happened to this reading first" in answer.text
    assert _state(three, case_id) == "done"


def test_a_second_reading_that_nobody_can_make_is_done_without(office: Office) -> None:
    """So the case is settled by its first grade; its reason is as that of a reading given back."""
    case_id = office.twice()
    office.graded(case_id, "bad", reason="as it is")
    _gives_back(office, case_id, "second")
    assert _state(office, case_id) == "second"
    manager, path = Browser(office.app(MANAGER)), _path(office, "/one-reading", case_id)
    assert path.replace("&", "&amp;") in manager.get(_path(office, "", case_id)).text
    assert "Nobody has the second reading of this case." in manager.get(path).text
    assert manager.send(path, reason=" ").status_code == 422
    answer = manager.send(path, reason="only two of us are left")
    assert answer.headers["location"] == f"{_path(office, '', case_id)}&said=waived"
    assert _state(office, case_id) == "done"
    assert "only two of us are left" in manager.get(_path(office, "", case_id)).text
    assert "No reading of this case is left over" in manager.get(path).text
    assert manager.send(path, "/cases", **WHY).status_code == 422
    assert "nobody has" not in manager.get("/work").text


def test_no_reading_is_done_without_that_somebody_could_make(three: Office) -> None:
    """Whether a case is read twice was drawn, and is not chosen once one grade is known."""
    case_id = three.twice()
    path = _path(three, "/one-reading", case_id)
    manager = Browser(three.app(MANAGER))
    assert "No reading of this case is left over" in manager.get(path).text
    _gives_back(three, case_id, "second")
    assert "1 reviewer of the office can take this reading now" in manager.get(path).text
    assert manager.send(path, "/cases", **WHY).status_code == 422
    assert _browser(three, "r7").send(_path(three, "", case_id)).status_code == 303
    _gives_back(three, case_id, "second")
    assert manager.send(path, **WHY).status_code == 303


def test_a_first_reading_is_done_without_once_the_second_is_graded(office: Office) -> None:
    """One reading is made for certain."""
    case_id = office.twice()
    manager, path = Browser(office.app(MANAGER)), _path(office, "/one-reading", case_id)
    _gives_back(office, case_id)
    assert "No reading of this case is left over" in manager.get(path).text
    office.graded(case_id, "good", "second")
    assert _state(office, case_id) == "first"
    assert "Nobody has the first reading of this case." in manager.get(path).text
    assert manager.send(path, **WHY).status_code == 303
    assert _state(office, case_id) == "done"


def test_who_reviews_a_case_does_not_decide_that_nobody_else_does(office: Office) -> None:
    """Another manager does."""
    case_id = office.twice()
    first = office.reader(case_id)
    _gives_back(office, case_id, "second")
    page = _browser(office, first, Role.MANAGER).get(_path(office, "/one-reading", case_id)).text
    assert "another manager decides whether one reading is enough" in page


def test_a_grade_that_comes_after_all_counts(office: Office) -> None:
    """From who gave the reading back, by another way; also where the reading was done without."""
    case_id = office.twice()
    person = _gives_back(office, case_id, "second")
    manager = Browser(office.app(MANAGER))
    assert manager.send(_path(office, "/one-reading", case_id), **WHY).status_code == 303
    office.graded(case_id, "good")
    assert _state(office, case_id) == "done"
    office._grade(case_id, "bad", "second", person)
    assert _state(office, case_id) == "differ"
    office.consolidated(case_id, "good")
    assert _state(office, case_id) == "done"


def test_a_manager_who_gave_a_reading_back_does_not_come_back_to_it(three: Office) -> None:
    """They see every grade again, and nobody who has seen one reads the case."""
    case_id = three.twice()
    first = three.reader(case_id)
    manager = _browser(three, first, Role.MANAGER, Role.REVIEWER)
    three.graded(case_id, "bad", "second", reason="of the second reader")
    path = _path(three, "", case_id)
    assert "of the second reader" not in manager.get(path).text
    _gives_back(three, case_id)
    page = manager.get(path).text
    assert "of the second reader" in page
    assert "Take this case" not in page
    assert manager.send(path, "/cases").status_code == 422
