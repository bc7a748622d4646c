"""New cases: suggested by a draw, and decided by people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from tests.serving.http.pages.visits import NEW, Visitor, office_of


@pytest.fixture
def chief(tmp_path: Path) -> Visitor:
    """At an office to which three cases came in, without a handler."""
    visitor = Visitor(tmp_path)
    _came_in(visitor, "cases", NEW)
    return visitor


def _came_in(visitor: Visitor, table: str, rows: list[dict[str, Any]]) -> None:
    headers = {"Idempotency-Key": table}
    answer = visitor.ask("POST", f"/v1/{table}", json={table: rows}, headers=headers)
    assert answer.status_code == 200, answer.text


def suggested(chief: Visitor) -> dict[str, str]:
    """Who got which case by the draw."""
    assert chief.post("/new-cases").headers["location"] == "/new-cases?said=suggested"
    return dict(chief.now.remembered.given.select("case_id", "handler").iter_rows())


def test_cases_without_a_handler_wait_for_a_suggestion(chief: Visitor) -> None:
    """Only these; those that are handled or closed are not on the list."""
    page = chief.get("/new-cases").text
    assert page.count("nothing suggested yet") == 3
    assert "/new-case?id=a" not in page
    assert "Suggest handlers" in page
    assert "Nothing is suggested for it yet" in chief.get("/new-case", id="n1").text


def test_one_draw_suggests_for_all_that_wait(chief: Visitor) -> None:
    """Recorded with who asked; asked again, there is nothing left to draw."""
    given = suggested(chief)
    assert set(given) == {"n1", "n2", "n3"}
    assert given["n3"] == "h1"
    record = chief.ledger.lines[-1]
    assert (record.kind, record.content["by"]) == ("intake", "everything")
    before = len(chief.ledger.lines)
    assert chief.post("/new-cases").headers["location"] == "/new-cases"
    assert len(chief.ledger.lines) == before
    assert "nothing suggested yet" not in chief.get("/new-cases").text


def test_a_case_shows_who_could_take_it_and_who_could_not_and_why(chief: Visitor) -> None:
    """With probabilities, reasons, and what would change them."""
    suggested(chief)
    page = chief.get("/new-case", id="n2").text
    assert "drawn at random with a probability of" in page
    assert "belongs to unit u1" in page
    assert "does not take cases of kind fraud" in page
    assert "add fraud to the handler" in page


def test_a_suggestion_is_accepted_once(chief: Visitor) -> None:
    """The second is told."""
    handler = suggested(chief)["n1"]
    assert chief.post("/new-case?id=n1", do="accept").headers["location"] == (
        "/new-cases?said=decided"
    )
    assert chief.now.remembered.work.deciding.about_new["n1"].step.handler == handler
    again = chief.post("/new-case?id=n1", do="accept")
    assert again.status_code == 422
    assert "Somebody has decided about this case already" in again.text
    assert 'value="accept"' not in again.text


def test_designating_another_handler_is_an_override_with_a_reason(chief: Visitor) -> None:
    """It stands in the override table, and the case weighs on the other one."""
    was = suggested(chief)["n3"]
    sent = {"do": "designate", "handler": "h4", "reason": "Knows the matter.", "key": "d"}
    assert chief.post("/new-case?id=n3", **sent).status_code == 303
    row = chief.now.tables.override_rows.select("case_id", "about", "suggested", "decided").row(0)
    assert row == ("n3", "handler", was, "h4")
    given = dict(chief.now.remembered.given.select("case_id", "handler").iter_rows())
    assert given["n3"] == "h4"
    assert "Knows the matter." in chief.get("/new-case", id="n3").text


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"handler": "", "reason": ""}, ("handler", "reason")),
        ({"handler": "h9"}, ("handler",)),
        ({"handler": "h3"}, ("handler",)),
        ({"reason": " "}, ("reason",)),
    ],
)
def test_a_designation_without_handler_or_reason_or_of_a_recused_one_is_refused(
    chief: Visitor, changes: dict[str, str], fields: tuple[str, ...]
) -> None:
    """Every fault at once, and nothing is recorded."""
    suggested(chief)
    before = len(chief.ledger.lines)
    sent = {"do": "designate", "handler": "h1", "reason": "Why.", "key": "d"} | changes
    recusals = chief.of.tables.recusal_rows.with_columns(
        case_id=pl.lit("n1"), party=pl.lit(None, pl.String())
    )
    tables = chief.of.tables.with_rows(recusals=recusals)
    at = Visitor(chief.home, replace(chief.of, tables=tables), chief.ledger)
    answer = at.post("/new-case?id=n1", **sent)
    assert answer.status_code == 422
    for field in fields:
        assert f'href="#{field}"' in answer.text
    assert len(chief.ledger.lines) == before


def test_a_clerk_accepts_and_sends_back_but_designates_nobody(chief: Visitor) -> None:
    """That is for a chief."""
    suggested(chief)
    clerk = chief.as_caller(Caller("U-3", frozenset({Role.CLERK})))
    page = clerk.get("/new-case", id="n1").text
    assert 'value="accept"' in page
    assert 'value="designate"' not in page
    sent = {"do": "designate", "handler": "h4", "reason": "Why.", "key": "d"}
    assert clerk.post("/new-case?id=n1", **sent).status_code == 422
    assert clerk.post("/new-case?id=n1", do="send_back", why="Not ours.").status_code == 303


def test_a_case_that_is_sent_back_needs_a_reason_and_is_not_drawn_again(chief: Visitor) -> None:
    """It leaves the cases to decide about."""
    answer = chief.post("/new-case?id=n1", do="send_back", why="")
    assert answer.status_code == 422
    assert 'href="#why"' in answer.text
    assert chief.post("/new-case?id=n1", do="send_back", why="Not ours.").status_code == 303
    assert "sent back" in chief.get("/new-cases").text
    assert set(suggested(chief)) == {"n1", "n2", "n3"}
    assert chief.now.remembered.given.filter(case_id="n1")["handler"].to_list() == [None]


def test_nothing_can_be_accepted_where_nobody_is_suggested(chief: Visitor) -> None:
    """A form made by hand does not help."""
    assert chief.post("/new-case?id=n1", do="accept").status_code == 422


def test_an_office_without_handlers_is_told_that_nobody_can_be_suggested(tmp_path: Path) -> None:
    """And has no button that would do nothing."""
    visitor = Visitor(tmp_path, office_of(handlers="handler | unit\n"))
    page = visitor.get("/new-cases").text
    assert "no handler table" in page
    assert "Suggest handlers" not in page


def test_what_a_program_was_suggested_can_be_decided_too(chief: Visitor) -> None:
    """Who else could take the case is not known here, and the page says so."""
    body = {"cases": [{"case_id": "n9", "opened_at": "2026-02-23", "kind": "theft", "unit": "u2"}]}
    answer = chief.ask("POST", "/v1/intake", json=body)
    assert answer.status_code == 200
    assert "A program asked for this suggestion" in chief.get("/new-case", id="n9").text
    assert chief.post("/new-case?id=n9", do="accept").status_code == 303


@pytest.mark.parametrize("case_id", ["", "a", "../x", "<script>"])
def test_other_cases_are_not_found(chief: Visitor, case_id: str) -> None:
    """Nor is anything that is no case."""
    assert chief.get("/new-case", id=case_id).status_code == 404
