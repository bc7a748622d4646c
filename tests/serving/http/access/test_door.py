"""The first start of an office and of a demo, and where the service is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.requests import Request

from cases.errors import BadInput, Refused
from cases.language.messages import Sayable
from cases.tables.tables import Tables
from ledger.ledger import Ledger
from ledger.records import Kind
from serving.access import passwords
from serving.access.directory import directory_in
from serving.access.first_start import DEMO_PASSWORD, first_start
from serving.access.keys import KeyRing
from serving.access.passwords import is_right
from serving.access.rules import Role
from serving.access.users import users
from serving.http.access.door import door_of
from serving.http.access.site import site_of
from tests.factories.fakes import context

DEMO = {"office": {"name": {"en": "Test office"}, "demo": True}}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed quickly."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of an office that nobody has entered."""
    return tmp_path / ".triage"


def start(home: Path, tables: Tables, *, shown: bool) -> str:
    """What is said at a start."""
    said: list[Sayable] = []
    first_start(home, None, tables, said.append, shown=shown)
    return " ".join(str(one) for one in said)


def test_the_first_start_makes_an_administrator_once(home: Path) -> None:
    """The password is said once, works, and is in no file; who gives rights sees no case."""
    tables = context().tables
    said = start(home, tables, shown=True)
    once = re.search(r"one-time password (\S+),", said)
    assert once
    assert start(home, tables, shown=True) == ""
    with directory_in(home, demo=tables.office.office.demo) as directory:
        (admin,) = users(directory)
    assert is_right(admin.password, once[1])
    assert admin.grant.roles == {Role.SECURITY_ADMIN}
    files = [path.read_bytes() for path in home.iterdir()]
    assert not any(once[1].encode() in content for content in files)
    with Ledger.at(home) as ledger:
        (record,) = ledger.records(Kind.ACCESS)
    assert record.content["about"] == admin.id


def test_a_password_is_not_said_to_a_log(home: Path) -> None:
    """But how to get one."""
    said = start(home, context().tables, shown=False)
    assert "triage users OFFICE reset admin" in said
    assert not re.search(r"[a-z2-9]{5}-[a-z2-9]{5}", said)


def test_a_demo_has_users_that_all_know(home: Path) -> None:
    """One of each role, and a key for programs that is a new one at every start."""
    tables = context(**DEMO).tables
    said = [start(home, tables, shown=False) for _i in range(2)]
    found = [match[0] for one in said if (match := re.search(r"plumb_\S+", one))]
    with directory_in(home, demo=tables.office.office.demo) as directory:
        everybody, ring = users(directory), KeyRing(directory)
        assert [ring.find(key) is not None for key in found] == [False, True]
    assert {role for user in everybody for role in user.grant.roles} == {*Role}
    assert all(is_right(user.password, DEMO_PASSWORD) for user in everybody)
    assert {user.person for user in everybody} == {None, "h1"}


def test_the_users_of_a_demo_enter_no_other_office(home: Path) -> None:
    """An office that was begun with the demo's file: as soon as it is no demo, they are gone."""
    start(home, context(**DEMO).tables, shown=False)
    start(home, context().tables, shown=False)
    with directory_in(home, demo=False) as directory:
        assert [user.name for user in users(directory)] == ["admin"]


@pytest.mark.parametrize(
    ("host", "variables"),
    [
        ("0.0.0.0", {}),  # noqa: S104  what is refused
        ("192.0.2.1", {}),
        ("::", {}),
        (None, {}),
        ("127.0.0.1", {"TRIAGE_PUBLIC_URL": "https://o.example"}),
        ("127.0.0.1", {"TRIAGE_PROXIES": "127.0.0.1"}),
        ("127.0.0.1", {"TRIAGE_ALLOW_HOSTS": "o.example"}),
    ],
)
def test_a_demo_is_served_on_this_machine_only(
    home: Path, host: str | None, variables: dict[str, str]
) -> None:
    """By no worker, however it was started: everybody knows its passwords."""
    office = context(**DEMO).office
    home.mkdir()
    with Ledger.at(home) as ledger:
        with pytest.raises(Refused, match="this machine only"):
            door_of(home, ledger, office, variables, host)
        guard, _lines = door_of(home, ledger, office, {}, "::1")
        guard.directory.close()


@pytest.mark.parametrize(
    ("variables", "option"),
    [
        ({"TRIAGE_PUBLIC_URL": "http://office.example"}, "--public-url"),
        ({"TRIAGE_PUBLIC_URL": "office.example"}, "--public-url"),
        ({"TRIAGE_PUBLIC_URL": "https://office.example:99999"}, "--public-url"),
        ({"TRIAGE_PUBLIC_URL": "https://office..example"}, "--public-url"),
        ({"TRIAGE_PROXIES": "127.0.0.1 proxy"}, "--proxy"),
    ],
)
def test_addresses_that_are_none(variables: dict[str, str], option: str) -> None:
    """Are told before the service starts."""
    with pytest.raises(BadInput, match=option):
        site_of(variables, has_provider=False)


def test_where_the_service_is_found() -> None:
    """Nothing is believed that was not given."""
    assert site_of({"TRIAGE_PUBLIC_URL": ""}, has_provider=False).public_url is None
    variables = {"TRIAGE_PUBLIC_URL": "https://o.example/", "TRIAGE_PROXIES": "::1 10.0.0.1"}
    site = site_of(variables, has_provider=True)
    assert site.public_url == "https://o.example"
    assert site.proxies == {"::1", "10.0.0.1"}


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://X.Example:443", "https://x.example"),
        ("https://x.example:8443/", "https://x.example:8443"),
        ("HTTPS://X.Example", "https://x.example"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://b\u00fcro.example", "https://xn--bro-hoa.example"),
    ],
)
def test_the_public_address_is_compared_as_a_browser_writes_it(given: str, origin: str) -> None:
    """`Origin` has small letters, and no port that goes without saying."""
    site = site_of({"TRIAGE_PUBLIC_URL": given}, has_provider=False)
    assert site.origin(Request({"type": "http", "headers": []})) == origin


def test_a_proxy_that_adds_a_header_of_its_own(home: Path) -> None:
    """Below the one that the client made up, as some do: the last one counts."""
    site = site_of({"TRIAGE_PROXIES": "127.0.0.1"}, has_provider=False)
    said = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", b"192.0.2.7")]
    asked = Request({"type": "http", "client": ("127.0.0.1", 1), "headers": said})
    assert site.client(asked) == "192.0.2.7"


def test_a_provider_needs_the_public_address(home: Path) -> None:
    """It has to know where to send people back to."""
    home.mkdir()
    (home / "secret").write_text("s")
    (home / "access.toml").write_text(
        '[openid]\nissuer = "https://x.example"\nclient_id = "p"\nsecret_file = "secret"\n'
    )
    office = context().office
    with Ledger.at(home) as ledger:
        with pytest.raises(BadInput, match="--public-url"):
            door_of(home, ledger, office, {})
        public = {"TRIAGE_PUBLIC_URL": "https://o.example"}
        _guard, lines = door_of(home, ledger, office, public)
    assert "/sign-in/openid/done" in {line.path for line in lines}
