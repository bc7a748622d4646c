"""Scheduled work and models as a page, and a training that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ledger.records import Kind
from serving.access.rules import Role
from tests.serving.http.pages.every_page.living import Living, living


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An office in which everything has happened."""
    with living(tmp_path_factory.mktemp("living")) as made:
        yield made


def test_schedules_and_runs_are_shown_as_they_stand(office: Living) -> None:
    """What was done with its record, what failed and why, and what is due."""
    admin = office.person("s1", Role.SYSTEM_ADMIN)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", office.sees(admin, "/system").text))
    assert "nightly read new data every day" in page
    assert "due now" in page
    runs = page[page.index("Last runs") : page.index("Models and the gate")]
    assert runs.index("monthly") < runs.index("nightly")
    assert runs.index(" failed ") < runs.index(" done ")


def test_a_training_is_asked_for_and_waits(office: Living) -> None:
    """Recorded with who asked; the reason stands beside the record."""
    admin = office.person("s1", Role.SYSTEM_ADMIN)
    sent = {"reason": "New reviews.", "until": "2026-02-28"}
    assert office.sends(admin, "/system", **sent) == "/system?said=asked"
    record = office.ledger.lines[-1]
    assert (record.kind, record.content["until"]) == (Kind.REQUEST, "2026-02-28T23:59:59.999999")
    assert office.ledger.beside(record.number) == {"reason": "New reviews."}
    page = office.sees(admin, "/system").text
    assert "what was known by 28 February 2026 is asked for" in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": " ", "until": ""}, "reason"),
        ({"reason": "x" * 2_001, "until": ""}, "reason"),
        ({"reason": "x", "until": "28.2.2026"}, "until"),
        ({}, "reason"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    office: Living, fields: dict[str, str], field: str
) -> None:
    """And nothing is recorded."""
    before = len(office.ledger.lines)
    answer = office.visitor(office.person("s1", Role.SYSTEM_ADMIN)).post("/system", **fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert len(office.ledger.lines) == before


def test_only_who_runs_the_system_sees_it(office: Living) -> None:
    """Neither a manager nor who gives rights."""
    for role in (Role.MANAGER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        assert office.sees(office.person("x", role), "/system").status_code == 403
