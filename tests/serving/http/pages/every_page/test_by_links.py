"""Every page of the service, reached as people reach it: by links from their menu."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from tests.serving.http.pages.every_page.living import Living, living
from tests.serving.http.pages.every_page.walking import pages_of, starts_for, walk

PEOPLE = [
    ("m1", Role.MANAGER),
    ("r1", Role.REVIEWER),
    ("r2", Role.REVIEWER),
    ("h1", Role.HANDLER),
    ("c1", Role.CLERK),
    ("a1", Role.AUDITOR),
    ("s1", Role.SYSTEM_ADMIN),
    ("s2", Role.SECURITY_ADMIN),
    ("s3", Role.AUDIT_ADMIN),
]
LARGEST = 60_000  # bytes of a page, without pictures
# Where an ordered plan was not drawn because the service was stopped in between, and downloads.
SELDOM = {"/plan/ordered"}
FILES = {"/plan/file", "/office/report", "/docs.json"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An office in which everything has happened."""
    with living(tmp_path_factory.mktemp("living")) as made:
        yield made


@pytest.fixture(scope="module")
def walks(office: Living) -> dict[Caller, dict[str, httpx.Response]]:
    """What each of the people reaches."""
    people = [office.person(name, role) for name, role in PEOPLE]
    return {one: walk(office.visitor(one).get, starts_for(one)) for one in people}


def test_every_link_leads_somewhere(walks: dict[Caller, dict[str, httpx.Response]]) -> None:
    """For each role: nobody is shown a link to what is not there or not for them."""
    dead = [
        (sorted(caller.roles), answer.status_code, path)
        for caller, found in walks.items()
        for path, answer in found.items()
        if answer.status_code not in (200, 303)
    ]
    assert dead == []


def test_every_page_is_reached(
    office: Living, walks: dict[Caller, dict[str, httpx.Response]]
) -> None:
    """By somebody, from the menu."""
    reached = {path.split("?")[0] for found in walks.values() for path in found}
    assert {page.path for page in pages_of(office)} - reached - SELDOM == {"/"}


def test_pages_are_small(walks: dict[Caller, dict[str, httpx.Response]]) -> None:
    """Under 60 kB without pictures."""
    large = {
        path: len(answer.content)
        for found in walks.values()
        for path, answer in found.items()
        if len(answer.content) > LARGEST and path.split("?")[0] not in FILES
    }
    assert large == {}


def test_what_nobody_asked_for_well_is_not_found(office: Living) -> None:
    """No page fails for an address that leaves out what it asks for, or asks for nonsense."""
    visitor = office.visitor(office.everything)
    query = "id=%00&plan=%E2%80%AE&number=-1&name=%27&page=99999999999999999999&kind=%00&key=x"
    for page in pages_of(office):
        for path in (page.path, f"{page.path}?{query}"):
            assert visitor.get(path).status_code in (200, 303, 404, 422), path
