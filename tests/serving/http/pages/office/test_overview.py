"""The office, its report and its notices: from what was kept and recorded, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from serving.http.pages.shell.rendering import whole_headers
from serving.kept.home.reports import REPORTS, SHOWN, page_file
from tests.serving.http.pages.every_page.living import Living, living
from tests.serving.http.pages.visits import Visitor

MANAGER = Caller("u-m", frozenset([Role.MANAGER]))
AUDITOR = Caller("u-a", frozenset([Role.AUDITOR]))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An office in which everything has happened."""
    with living(tmp_path_factory.mktemp("living")) as made:
        yield made


def words(answer: httpx.Response) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_an_office_without_a_report_is_told_what_makes_one(tmp_path: Path) -> None:
    """And nothing is computed for it."""
    page = Visitor(tmp_path).get("/office")
    assert page.status_code == 200
    assert "No report is kept yet" in page.text
    assert "<code>triage report OFFICE --keep</code>" in page.text


def test_figures_are_those_of_the_report_with_its_record(office: Living) -> None:
    """A link to the record for who may see the ledger, the number alone for others."""
    page = office.sees(AUDITOR, "/office")
    (number,) = {int(n) for n in re.findall(r"/ledger/record\?number=(\d+)", page.text)}
    record = office.ledger.record(number)
    assert record is not None
    assert record.kind == "report"
    chief = office.sees(MANAGER, "/office")
    assert f"Record {number} Hash of the data" in words(chief)
    assert "/ledger/record" not in chief.text
    assert "10% (5% to 20%)" in words(chief)
    assert "<svg" in chief.text


@pytest.mark.parametrize("name", [SHOWN, "report.en.html"])
def test_a_report_that_was_changed_is_not_shown(
    office: Living, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its figures nor its page, whoever has written there."""
    file = office.home / REPORTS / "one" / name
    before = file.read_bytes()
    file.write_bytes(before + b" ")
    try:
        if name == SHOWN:
            assert "No report is kept yet" in office.sees(MANAGER, "/office").text
            assert office.sees(MANAGER, "/office/report").status_code == 404
        else:
            answer = office.sees(MANAGER, "/office/report")
            assert answer.status_code == 409
            assert "not as it was recorded" in answer.text
    finally:
        file.write_bytes(before)


def test_the_whole_report_is_shown_with_its_own_styles_alone(office: Living) -> None:
    """The policy names the hash of its stylesheet, and allows no script, image or frame."""
    answer = office.sees(MANAGER, "/office/report")
    assert answer.content == page_file(office.home / REPORTS / "one", "en").read_bytes()
    policy = answer.headers["content-security-policy"]
    assert re.search(r"style-src 'sha256-[^']{44}';", policy)
    assert "script" not in policy
    assert "style-src 'none'" in whole_headers(b"<p>")["Content-Security-Policy"]


def test_notices_say_what_needs_somebody_the_urgent_first(office: Living) -> None:
    """Runs that failed with why, what is overdue, alarms; each with the way to deal with it."""
    page = office.sees(MANAGER, "/notices")
    said = words(page)
    tags = re.findall(r'<span class="tag \w+">([^<]+)', page.text)
    assert tags == sorted(tags, key=["not done", "overdue", "alarm", "due soon"].index)
    assert {"not done", "alarm", "due soon"} <= {*tags}
    assert "`monthly` of 1 March 2026 was not done" in said
    assert 'href="/rectification?when=' in page.text
    assert "not done" in words(office.sees(MANAGER, "/office"))


def test_what_is_of_the_whole_office_is_not_for_who_sees_a_part(office: Living) -> None:
    """A manager of one unit, a reviewer, an administrator."""
    part = Caller("u-p", frozenset([Role.MANAGER]), frozenset({"u1"}))
    callers = [part, office.person("r1", Role.REVIEWER), office.person("s", Role.SYSTEM_ADMIN)]
    for caller in callers:
        for path in ("/office", "/notices", "/office/report"):
            assert office.sees(caller, path).status_code == 403
