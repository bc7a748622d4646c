"""A new plan: what it would buy, its draw, its promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ledger.records import Kind
from serving.access.caller import Caller
from serving.access.rules import Role
from serving.http.pages.planning import promised
from serving.kept.home.drawing import DrawnPlan, draw_ordered
from serving.kept.home.promises import PROMISES, SEED_FILE
from tests.serving.http.pages.visits import ASKED, CODE, Visitor, drawn, field_of


def kinds(manager: Visitor) -> list[str]:
    """What was recorded, by kind or step."""
    return [str(one.content.get("step", one.kind)) for one in manager.ledger.lines[1:]]


def test_a_plan_can_be_looked_at_before_anything_is_drawn(manager: Visitor) -> None:
    """The picture, the words beside it, and a table; nothing is recorded, nothing written."""
    page = manager.get("/plan/new", **ASKED)
    assert page.status_code == 200
    assert "This plan would be expected to find" in page.text
    assert "<svg" in page.text
    assert "3 cases could be drawn. 1 of them is reviewed by rule." in page.text
    assert kinds(manager) == []
    assert not [*manager.home.iterdir()]


def test_the_form_begins_with_the_newest_day_and_goes_on_with_the_last_plan(
    manager: Visitor,
) -> None:
    """Where the knob stood; and only cases after the last plan's day, if there are such."""
    page = manager.get("/plan/new")
    assert (field_of(page, "as_of"), field_of(page, "capacity")) == ("2026-03-01", "60")
    drawn(manager, capacity="1", search="25", as_of="2026-02-02")
    page = manager.get("/plan/new")
    assert (field_of(page, "capacity"), field_of(page, "search")) == ("1", "25")
    assert field_of(page, "closed_after") == "2026-02-02"
    drawn(manager, key="another", capacity="1")
    assert field_of(manager.get("/plan/new"), "closed_after") == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("as_of", "30.6.2026"),
        ("closed_after", "2026-02-28"),
        ("capacity", "0"),
        ("capacity", "1e3"),
        ("search", "101"),
        ("search", "nan"),
        ("as_of", "9" * 5000),
    ],
)
def test_a_field_at_fault_is_named_and_keeps_its_value(
    manager: Visitor, field: str, value: str
) -> None:
    """Looked at, and sent; then nothing is recorded."""
    looked = manager.get("/plan/new", **ASKED | {field: value})
    sent = manager.post("/plan/new", **ASKED | {field: value, "key": "k", "do": "draw"})
    for page in (looked, sent):
        assert page.status_code == 422
        assert f'<a href="#{field}">' in page.text
        assert field_of(page, field) == value
    assert kinds(manager) == []


def test_a_margin_that_cannot_be_had_is_refused_before_anything_is_recorded(
    manager: Visitor,
) -> None:
    """With what it would take."""
    answer = manager.post(
        "/plan/new", **ASKED | {"knob": "margin", "margin": "1", "key": "k", "do": "draw"}
    )
    assert answer.status_code == 422
    assert "cannot be had" in answer.text
    assert kinds(manager) == []


def test_a_draw_is_recorded_before_and_after_it_and_its_reviews_begin(manager: Visitor) -> None:
    """With who ordered it; the folder is there, and verifies."""
    plan = drawn(manager)
    assert kinds(manager) == ["draw_ordered", "plan", "drawn", "begun"]
    content = manager.ledger.lines[2].content
    assert (content["by"], content["capacity"], content["search_share"]) == ("everything", 2, "0.5")
    page = manager.get("/plan", id=plan)
    assert "capacity 2, search share 50%" in page.text
    assert "under way" in page.text
    verified = manager.get("/plan/verify", id=plan)
    assert "Every file is as it was recorded" in verified.text


def test_a_form_that_is_sent_twice_draws_once(manager: Visitor) -> None:
    """The second is led to the plan of the first; another form draws another plan."""
    first = drawn(manager)
    assert drawn(manager) == first
    assert drawn(manager, key="other") != first
    assert kinds(manager).count("plan") == 2


def test_a_form_that_is_changed_and_sent_again_draws_what_it_says(manager: Visitor) -> None:
    """Once, however often it is sent; as it was before, it leads to the first plan."""
    first = drawn(manager)
    changed = drawn(manager, capacity="3")
    assert changed != first
    assert drawn(manager, capacity="3") == changed
    assert drawn(manager) == first
    assert kinds(manager).count("draw_ordered") == kinds(manager).count("plan") == 2


def test_of_two_that_carry_out_one_order_one_records_the_plan(
    manager: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one looks again before it records, and is led to the same plan."""

    def slow(*given: Any) -> DrawnPlan:
        made = draw_ordered(*given)
        manager.ledger.append(*made.entries)
        return made

    monkeypatch.setattr("serving.http.pages.planning.drawn.draw_ordered", slow)
    plan = drawn(manager)
    assert plan == drawn(manager)
    assert kinds(manager).count("plan") == kinds(manager).count("drawn") == 1


def test_a_draw_that_was_stopped_is_carried_out_with_the_seed_of_its_order(
    manager: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands on the list, and whoever carries it out cannot choose another seed."""

    def stopped(*_given: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr("serving.http.pages.planning.drawn.draw_ordered", stopped)
        with pytest.raises(AssertionError):
            drawn(manager)
    assert kinds(manager) == ["draw_ordered"]
    listed = manager.get("/plans")
    assert "ordered, not drawn yet" in listed.text
    assert "/plan/ordered?key=k" in listed.text
    (ordered,) = manager.now.remembered.work.planning.ordered.values()
    answer = manager.post("/plan/ordered?key=k")
    plan = CODE.search(answer.headers["location"]).group(1)
    assert ordered.step.parameters["seed"] in manager.get("/plan", id=plan).text
    assert "ordered, not drawn yet" not in manager.get("/plans").text
    assert manager.get("/plan/ordered", key="k").headers["location"] == f"/plan?id={plan}"


def test_a_promise_shows_the_hash_and_hides_the_seed(manager: Visitor) -> None:
    """The seed is in a file of the office alone, and on no page before the draw."""
    answer = manager.post("/plan/new", **ASKED | {"key": "k", "do": "promise"})
    again = manager.post("/plan/new", **ASKED | {"key": "k", "do": "promise"})
    assert answer.headers["location"] == again.headers["location"]
    assert kinds(manager) == [Kind.COMMITMENT, "promised"]
    (folder,) = (manager.home / PROMISES).iterdir()
    seed = folder / SEED_FILE
    assert (seed.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    page = manager.get("/plan/promised", commitment=folder.name)
    given = manager.get("/plan/commitment", commitment=folder.name)
    assert folder.name in page.text
    for shown in (page.text, given.text, str(manager.ledger.lines), str(manager.ledger.beside)):
        assert seed.read_text() not in shown


def test_what_was_promised_is_drawn_and_verifies_with_the_published_hash(
    manager: Visitor,
) -> None:
    """Once, with the public value; the list leads to the plan then."""
    beacon = {"source": "the lottery", "time": "2099-01-01T12:00"}
    sent = manager.post("/plan/new", **ASKED | beacon | {"key": "k", "do": "promise"})
    path = sent.headers["location"].removesuffix("&said=promised")
    commitment = path.rpartition("=")[2]
    early = manager.post(path, value="7 13 21")
    assert early.status_code == 422
    assert "not known before" in early.text
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(promised, "_is_too_early", lambda *_given: False)
        assert manager.post(path, value="").status_code == 422
        answer = manager.post(path, value="7 13 21")
        assert manager.post(path, value="another").headers["location"].startswith("/plan?id=")
    plan = CODE.search(answer.headers["location"]).group(1)
    known = {"commitment": commitment, "beacon": "7-13-21"}
    assert "nothing was left to choose" in manager.get("/plan/verify", id=plan, **known).text
    other = manager.get("/plan/verify", id=plan, **known | {"beacon": "8"}).text
    assert "not the one that the commitment leads to" in other
    assert kinds(manager).count("plan") == 1


def test_what_cannot_be_kept_any_more_is_refused_and_nothing_is_ordered(
    manager: Visitor,
) -> None:
    """As when the tables have changed since the promise: every difference is said."""
    sent = manager.post("/plan/new", **ASKED | {"key": "k", "do": "promise"})
    path = sent.headers["location"].removesuffix("&said=promised")
    event = {"case_id": "a", "at": "2026-01-15", "activity": "returned"}
    headers = {"Idempotency-Key": "e"}
    assert manager.ask("POST", "/v1/events", json={"events": [event]}, headers=headers).is_success
    answer = manager.post(path)
    assert answer.status_code == 422
    assert "The frame is not the one that was committed to" in answer.text
    assert "draw_ordered" not in kinds(manager)


@pytest.mark.parametrize(
    ("beacon", "field"),
    [
        ({"source": "", "time": "2099-01-01T12:00"}, "source"),
        ({"source": "the lottery", "time": "soon"}, "time"),
    ],
)
def test_half_a_beacon_is_a_fault(manager: Visitor, beacon: dict[str, str], field: str) -> None:
    """A source without a time says nothing, nor does a time without a source."""
    answer = manager.post("/plan/new", **ASKED | beacon | {"key": "k", "do": "promise"})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert kinds(manager) == []


def test_somebody_for_a_unit_plans_for_it_and_sees_no_other_plan(manager: Visitor) -> None:
    """A plan of other units is as if not there, and so is what was promised of them."""
    whole = drawn(manager)
    mine = manager.as_caller(Caller("U-1", frozenset({Role.MANAGER}), frozenset({"u1"})))
    plan = drawn(mine, key="mine", capacity="1")
    assert plan in mine.get("/plans").text
    assert whole not in mine.get("/plans").text
    for path in ("/plan", "/plan/verify"):
        assert mine.get(path, id=whole).status_code == 404
        assert mine.get(path, id=plan).status_code == 200
    assert plan in manager.get("/plans").text


def test_the_moment_of_a_promise_is_that_of_the_office(manager: Visitor) -> None:
    """A time that has passed binds nothing."""
    past = {"source": "the lottery", "time": "2020-01-01T12:00"}
    answer = manager.post("/plan/new", **ASKED | past | {"key": "k", "do": "promise"})
    assert answer.status_code == 422
    assert "not a time to come" in answer.text
    assert datetime(2020, 1, 1) < datetime.now()
