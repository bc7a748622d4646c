"""What stands at which address, and the first page."""

from __future__ import annotations

import pytest

from tests.factories.client import ask
from tests.factories.fakes import context


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nothing", 404, "There is nothing at this address"),
        ("GET", "/v1/spot_checks", 405, "This address takes POST"),
        ("POST", "/healthz", 405, "GET"),
        ("DELETE", "/", 405, "GET"),
    ],
)
def test_wrong_addresses_and_methods_are_problem_details_too(method, path, status, detail):
    """A client needs one way of reading errors."""
    answer = ask(method, path)

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


def test_the_page_for_programs_escapes_what_the_office_file_says():
    """An office's name is text, never markup."""
    named = context(office={"name": {"en": "<script>alert(1)</script>"}})

    page = ask("GET", "/interface", named)

    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_page_for_programs_shows_a_request_that_works_as_it_stands():
    """The example is addressed to where the page was found and asks for a day that has cases."""
    page = ask("GET", "/interface").text

    assert "curl -s http://office/v1/spot_checks" in page
    assert "2026-02-04" in page


def test_the_page_for_programs_speaks_chinese():
    """The page is in the office's language."""
    page = ask(
        "GET", "/interface", context(office={"name": {"zh": "测试院"}, "language": "zh"})
    ).text

    assert '<html lang="zh-Hans">' in page
    assert "测试院" in page
    assert "应当先行评查哪些案件" in page


@pytest.mark.parametrize("path", ["/spot_checks", "/score", "/intake"])
def test_an_earlier_address_leads_to_its_new_one(path: str):
    """With a redirect that keeps method and body, so that older programs go on working."""
    answer = ask("POST", path, json={})
    assert answer.status_code == 308
    assert answer.headers["location"] == f"/v1{path}"


def test_somebody_in_a_browser_gets_a_page_for_what_is_not_there():
    """In the language that was chosen; a program gets problem details at the same address."""
    headers = {"accept": "text/html", "cookie": "plumbline-language-80=zh"}
    page = ask("GET", "/nothing", headers=headers)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<html lang="zh-Hans">' in page.text
    assert ask("GET", "/nothing").json()["status"] == 404
