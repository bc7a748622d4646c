"""Signing in with a provider: there and back, in two tabs and two workers, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from cases.errors import BadInput
from serving.access.directory import Directory
from serving.access.openid.provider import Provider
from serving.access.openid.settings import openid_of
from serving.access.rules import Role
from serving.access.users import Grant, change_grant, disable, users
from serving.http.access.account import Account
from serving.http.access.guard import Guard
from serving.http.access.openid import DONE, OpenIdWay
from serving.http.access.site import Site
from serving.http.app import application
from serving.memory.current import Current
from tests.factories.client import NO_ROOMS
from tests.factories.fakes import InMemory, context
from tests.serving.access.conftest import Clock, Recorded
from tests.serving.http.access.browser import Browser
from tests.serving.http.access.openid_provider import (
    CLIENT,
    NEWER_EC,
    OTHER_RSA,
    SECRET,
    SHARED,
    FakeProvider,
    running,
)

PUBLIC = "https://office.example"
GROUPS = """
[openid.groups]
heads = { role = "manager" }
readers = { role = "reviewer", units = ["u1"] }
more = { role = "handler", units = ["u1"] }
others = { role = "handler", units = ["u2"] }
clerks = { role = "clerk" }
root = { role = "security_admin" }
"""


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """A provider that runs."""
    fake = FakeProvider()
    with running(fake):
        yield fake


def settings(home: Path, provider: FakeProvider, more: str = "") -> None:
    """What the office says of it."""
    (home / "client.secret").write_text(f"{SECRET}\n", "utf-8")
    (home / "access.toml").write_text(
        f'[openid]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\n'
        f'secret_file = "client.secret"\n{more}',
        "utf-8",
    )


def worker(home: Path, directory: Directory) -> Starlette:
    """A worker of the office, as another beside it would be."""
    openid = openid_of(home)
    assert openid is not None
    guard, five = Guard(directory, Site(PUBLIC)), context()
    lines = Account(guard, five.office, has_provider=True).lines()
    lines += OpenIdWay(guard, Provider(openid, PUBLIC + DONE)).lines()
    return application(Current(five, InMemory()), guard, lines, rooms=NO_ROOMS)


@pytest.fixture
def browser(tmp_path: Path, directory: Directory, provider: FakeProvider) -> Browser:
    """A browser before an office whose provider has groups."""
    settings(tmp_path, provider, GROUPS)
    return Browser(worker(tmp_path, directory), PUBLIC)


def there_and_back(browser: Browser, provider: FakeProvider, back: str = "/") -> Any:
    """Sign in with the provider."""
    begun = browser.get("/sign-in/openid", params={"back": back})
    assert begun.status_code == 303
    return browser.get(provider.authorize(begun.headers["location"]))


def granted(directory: Directory) -> Grant:
    """Of the user who came from the provider."""
    (user,) = [user for user in users(directory) if user.name.startswith("openid-")]
    return user.grant


def test_there_and_back(
    browser: Browser, provider: FakeProvider, directory: Directory, recorded: Recorded
) -> None:
    """A new user with the roles of the groups, who goes on to the page that was wanted."""
    provider.person["groups"] = ["heads", "unknown"]
    assert "/sign-in/openid?back=/docs.json" in browser.get("/sign-in?back=/docs.json").text
    done = there_and_back(browser, provider, "/docs.json")
    assert (done.status_code, done.headers["location"]) == (303, "/docs.json")
    assert browser.get("/docs.json").status_code == 200
    assert "Anna A." in browser.get("/interface").text
    assert granted(directory) == Grant.of([Role.MANAGER])
    assert [one["what"] for one in recorded][-2:] == ["user_added", "signed_in"]
    assert "Anna" not in str([*recorded])
    assert "s-1" not in str([*recorded])


def test_it_is_the_same_user_the_next_time(
    browser: Browser, provider: FakeProvider, directory: Directory
) -> None:
    """By issuer and subject, whatever the name; roles follow the groups."""
    for groups, grant in [
        (["readers"], Grant.of([Role.REVIEWER], ["u1"])),
        (["readers", "more"], Grant.of([Role.REVIEWER, Role.HANDLER], ["u1"])),
        ("heads", Grant.of([Role.MANAGER])),
        (["heads", "root"], Grant(frozenset())),  # nobody is both
        ([], Grant(frozenset())),
        ({"odd": 1}, Grant(frozenset())),
        ([{"odd": 1}], Grant(frozenset())),
    ]:
        provider.person |= {"groups": groups, "name": f"Anna {groups}"}
        assert there_and_back(browser, provider).status_code == 303
        assert granted(directory) == grant
    assert browser.get("/interface").status_code == 403  # no role any more


@pytest.mark.parametrize("other", ["clerks", "others"])
def test_groups_of_different_units_are_refused(
    browser: Browser, provider: FakeProvider, directory: Directory, other: str
) -> None:
    """A reviewer of u1 who is clerk of the whole office does not become reviewer of all of it."""
    provider.person["groups"] = ["readers"]
    assert there_and_back(browser, provider).status_code == 303
    provider.person["groups"] = ["readers", other]
    answer = there_and_back(browser, provider)
    assert answer.status_code == 403
    assert "different units" in answer.json()["detail"]
    assert granted(directory) == Grant(frozenset())


def test_an_administrator_gives_the_roles(
    tmp_path: Path, directory: Directory, provider: FakeProvider
) -> None:
    """Where the office names no groups: until then the user may do nothing, then they stay."""
    settings(tmp_path, provider)
    browser = Browser(worker(tmp_path, directory), PUBLIC)
    provider.person["groups"] = ["security_admin"]
    there_and_back(browser, provider)
    assert browser.get("/interface").status_code == 403
    name = next(user.name for user in users(directory) if user.name.startswith("openid-"))
    change_grant(directory, name, Grant.of([Role.CLERK]))
    there_and_back(browser, provider)
    assert browser.get("/interface").status_code == 200
    assert granted(directory) == Grant.of([Role.CLERK])


def test_an_issuer_may_end_with_a_stroke(browser: Browser, provider: FakeProvider) -> None:
    """As that of some providers does, in their tokens too."""
    provider.person["groups"] = ["heads"]
    provider.place = {"issuer": f"{provider.issuer}/"}
    provider.forged = {"iss": f"{provider.issuer}/"}
    assert there_and_back(browser, provider).status_code == 303
    assert browser.get("/interface").status_code == 200


def test_two_tabs(browser: Browser, provider: FakeProvider) -> None:
    """Each has a state of its own, and both come back."""
    provider.person["groups"] = ["heads"]
    tabs = [browser.get("/sign-in/openid", params={"back": back}) for back in ("/a", "/b")]
    ways = [provider.authorize(tab.headers["location"]) for tab in tabs]
    assert [browser.get(way).headers["location"] for way in reversed(ways)] == ["/b", "/a"]


def test_two_workers(
    browser: Browser, tmp_path: Path, directory: Directory, provider: FakeProvider
) -> None:
    """The way back may end in another worker than the one in which it began."""
    provider.person["groups"] = ["heads"]
    begun = browser.get("/sign-in/openid")
    other = Browser(worker(tmp_path, directory), PUBLIC, cookies=browser.cookies)
    assert other.get(provider.authorize(begun.headers["location"])).status_code == 303
    assert Browser(browser.app, PUBLIC, cookies=other.cookies).get("/interface").status_code == 200


FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere"},
    "no issuer": {"iss": None},
    "for another client": {"aud": "other"},
    "for others, too": {"aud": [CLIENT, "other"], "azp": CLIENT},
    "of another client": {"azp": "other"},
    "no audience": {"aud": None},
    "over": {"exp": 1_000_000_000},
    "without an end": {"exp": None},
    "of another way": {"nonce": "other"},
    "without a way": {"nonce": None},
    "of nobody": {"sub": None},
    "of a list": {"sub": ["s-1"]},
    "of an empty name": {"sub": ""},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_is_said_must_be_for_us(
    browser: Browser, provider: FakeProvider, directory: Directory, forged: dict[str, Any]
) -> None:
    """Signed as it is, it does not let in who was meant for somebody else."""
    provider.forged = forged
    answer = there_and_back(browser, provider)
    assert answer.status_code == 403
    assert "did not succeed" in answer.json()["detail"]
    assert len(users(directory)) == 1


@pytest.mark.parametrize(
    ("signer", "algorithm"), [(OTHER_RSA, "RS256"), (SHARED, "HS256"), (NEWER_EC, "ES256")]
)
def test_what_is_said_must_be_signed(
    browser: Browser, provider: FakeProvider, directory: Directory, signer: Any, algorithm: str
) -> None:
    """By a key of the provider and with a signature that the office allows."""
    provider.signer, provider.algorithm = signer, algorithm
    assert there_and_back(browser, provider).status_code == 403
    assert len(users(directory)) == 1


def test_a_new_key_of_the_provider_is_asked_for(browser: Browser, provider: FakeProvider) -> None:
    """Providers change their keys without a word."""
    provider.person["groups"] = ["heads"]
    assert there_and_back(browser, provider).status_code == 303
    provider.key, provider.algorithm = NEWER_EC, "ES256"
    assert there_and_back(browser, provider).status_code == 303


def test_a_way_that_did_not_begin_here(
    browser: Browser, provider: FakeProvider, clock: Clock
) -> None:
    """Another's link, the same way twice, a late one, one that says another issuer, none."""
    provider.person["groups"] = ["heads"]
    stranger = Browser(browser.app, PUBLIC)
    way = provider.authorize(stranger.get("/sign-in/openid").headers["location"])
    assert browser.get(way).status_code == 403  # would sign the victim in as the attacker
    way = provider.authorize(browser.get("/sign-in/openid").headers["location"])
    assert browser.get(way + "&iss=https://elsewhere").status_code == 403
    assert browser.get(way).status_code == 303
    assert browser.get(way).status_code == 403
    way = provider.authorize(browser.get("/sign-in/openid").headers["location"])
    clock.now += 601
    assert browser.get(way).status_code == 403
    assert browser.get(DONE).status_code == 403
    assert browser.get(f"{DONE}?error=access_denied&state=x").status_code == 403


def test_nobody_is_led_elsewhere(browser: Browser, provider: FakeProvider) -> None:
    """Where the way began is a path of ours."""
    provider.person["groups"] = ["heads"]
    assert there_and_back(browser, provider, "//elsewhere").headers["location"] == "/"


def test_a_disabled_user_stays_out(
    browser: Browser, provider: FakeProvider, directory: Directory
) -> None:
    """Whatever the provider says."""
    provider.person["groups"] = ["heads"]
    there_and_back(browser, provider)
    disable(directory, next(u.name for u in users(directory) if u.name.startswith("openid-")))
    assert there_and_back(browser, provider).status_code == 403
    assert browser.get("/interface").status_code == 303


@pytest.mark.parametrize(
    "place",
    [
        {"issuer": "https://elsewhere"},
        {"token_endpoint": "http://elsewhere/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_is_another(
    browser: Browser, provider: FakeProvider, place: dict[str, Any]
) -> None:
    """What it says of itself must be of it, and over https."""
    provider.place = place
    assert browser.get("/sign-in/openid").status_code == 403


def test_a_provider_that_is_away(tmp_path: Path, directory: Directory) -> None:
    """Is told, and nobody waits for ever; others sign in with their password."""
    gone = FakeProvider()
    with running(gone):
        settings(tmp_path, gone)
    assert Browser(worker(tmp_path, directory), PUBLIC).get("/sign-in/openid").status_code == 403


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[openid", "cannot be read"),
        ("[openid]\nclient_id = 'x'", "openid.issuer"),
        ("[openid]\nissuer = 'http://x'\nclient_id = 'x'\nsecret_file = 'x'", "https"),
        ("[openid]\nissuer = 'https://a@x'\nclient_id = 'x'\nsecret_file = 'x'", "https"),
        ("[openid]\nissuer='https://x'\nclient_id='x'\nsecret_file='x'", "secret_file"),
        (
            "[openid]\nissuer='https://x'\nclient_id='x'\nsecret_file='x'\nalgorithms=['none']",
            "is no signature with a public key",
        ),
        (
            "[openid]\nissuer='https://x'\nclient_id='x'\nsecret_file='x'\ngroups.a.role='k'",
            "openid.groups.a.role",
        ),
    ],
)
def test_settings_with_faults(tmp_path: Path, text: str, problem: str) -> None:
    """Each is told with its key."""
    (tmp_path / "access.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput, match=problem):
        openid_of(tmp_path)


def test_an_office_without_a_provider(tmp_path: Path) -> None:
    """Needs no settings."""
    assert openid_of(tmp_path) is None
