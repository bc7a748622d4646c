"""The list of plans, a plan, its files and its checks."""

from __future__ import annotations

import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from serving.kept.begin import PLANS
from serving.kept.home.described import described
from tests.serving.http.pages.visits import Visitor, drawn


def test_an_office_without_a_plan_is_told_so(manager: Visitor) -> None:
    """And where to begin."""
    page = manager.get("/plans")
    assert "There is no plan yet." in page.text
    assert 'href="/plan/new"' in page.text


def test_the_history_of_the_knob_says_what_was_and_what_is(manager: Visitor) -> None:
    """Of each move, with the record it rests on; two plans alike are one."""
    for key, share in (("a", "50"), ("b", "50"), ("c", "80")):
        drawn(manager, key=key, search=share)
    page = manager.get("/plans").text
    history = page[page.index("How the knob was moved") :]
    assert history.count("<tr>") == 3
    assert "search share 50%" in history
    assert "search share 80%" in history


def test_who_asked_for_a_plan_is_shown_to_who_may_see_the_ledger(manager: Visitor) -> None:
    """Others see the number of the record, but neither the person nor a way to the ledger."""
    plan = drawn(manager)
    chief = manager.as_caller(Caller("U-7", frozenset({Role.MANAGER})))
    auditor = manager.as_caller(Caller("U-8", frozenset({Role.AUDITOR})))
    for path in ("/plans", f"/plan?id={plan}"):
        assert "everything" in auditor.get(path).text
        assert "/ledger/record" in auditor.get(path).text
        assert "everything" not in chief.get(path).text
        assert "/ledger/record" not in chief.get(path).text


def test_an_auditor_verifies_and_draws_nothing(manager: Visitor) -> None:
    """The plan and its checks are open to who checks; a new plan is not."""
    plan = drawn(manager)
    auditor = manager.as_caller(Caller("U-8", frozenset({Role.AUDITOR})))
    assert auditor.get("/plan/verify", id=plan).status_code == 200
    assert auditor.get("/plan/new").status_code == 403
    assert auditor.post(f"/plan?id={plan}").status_code == 403
    assert "A new plan" not in auditor.get("/plans").text


@pytest.mark.parametrize("name", ["plan.html", "plan.csv", "grades.xlsx", "manifest.json"])
def test_files_can_be_taken_along(manager: Visitor, name: str) -> None:
    """Byte for byte, as a download that no browser runs."""
    plan = drawn(manager)
    answer = manager.get("/plan/file", id=plan, name=name)
    assert answer.content == (manager.home / PLANS / plan / name).read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["../plan.csv", "reasons.json", "", "plan.pdf", "/etc/passwd"])
def test_no_other_file_is_given(manager: Visitor, name: str) -> None:
    """What is not for people, not there, or not in the folder."""
    plan = drawn(manager)
    assert manager.get("/plan/file", id=plan, name=name).status_code == 404


@pytest.mark.parametrize("path", ["/plan", "/plan/verify", "/plan/file"])
@pytest.mark.parametrize("plan", ["", "..", "0123456789abcdef", "../../x"])
def test_a_plan_that_is_not_there_is_not_found(manager: Visitor, path: str, plan: str) -> None:
    """Whatever stands in the address."""
    assert manager.get(path, id=plan).status_code == 404


def test_a_folder_that_was_changed_is_found_out(manager: Visitor) -> None:
    """Against the record, although the manifest could be renewed with the file."""
    plan = drawn(manager)
    sheet = manager.home / PLANS / plan / "plan.csv"
    sheet.write_bytes(sheet.read_bytes() + b"\n")
    page = manager.get("/plan/verify", id=plan)
    assert "It is not as it should be" in page.text
    assert "plan.csv" in page.text


def test_a_reader_compares_with_what_was_published(manager: Visitor) -> None:
    """Another hash of the manifest, of the seed, and what is no hash at all."""
    plan = drawn(manager)
    kept = described(manager.home / PLANS / plan)
    assert kept is not None
    right = {"manifest": kept.manifest, "commitment": kept.seed_hash}
    assert "Every file is as it was recorded" in manager.get("/plan/verify", id=plan, **right).text
    for name in right:
        wrong = manager.get("/plan/verify", id=plan, **right | {name: "a" * 64})
        assert "It is not as it should be" in wrong.text
        assert manager.get("/plan/verify", id=plan, **{name: "x"}).status_code == 422


def test_a_plan_without_a_folder_says_so(manager: Visitor) -> None:
    """As those that a program asked for: the record is all there is."""
    body = {"as_of": "2026-02-15", "capacity": 2, "seed": "1"}
    plan = _asked_by_program(manager, body)
    page = manager.get("/plan", id=plan)
    assert "The office keeps no folder of this plan" in page.text
    assert manager.get("/plan/verify", id=plan).status_code == 404
    assert "capacity 2" in manager.get("/plans").text


def _asked_by_program(manager: Visitor, body: dict[str, object]) -> str:
    answer = manager.ask("POST", "/v1/spot_checks", json=body)
    return str(answer.json()["plan_id"])
