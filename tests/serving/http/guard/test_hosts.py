"""Which names the service answers to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.http.guard.hosts import EVERYWHERE, Hosts

NAMED = {
    "TRIAGE_HOST": "127.0.0.1",
    "TRIAGE_ALLOW_HOSTS": "plumbline.example.org,intra",
    "TRIAGE_PUBLIC_URL": "https://office.example:8443/cases",
}


@pytest.mark.parametrize(
    ("bound", "host", "allowed"),
    [
        ("127.0.0.1", "127.0.0.1:3000", True),
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "LocalHost.:3000", True),
        ("127.0.0.1", "plumbline.example.org", True),
        ("127.0.0.1", "intra:443", True),
        ("127.0.0.1", "office.example:8443", True),
        ("127.0.0.1", "evil.example", False),
        ("127.0.0.1", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "localhost.evil.example", False),
        ("127.0.0.1", "10.0.0.1", False),
        ("127.0.0.1", "", False),
        ("::1", "[::1]:3000", True),
        ("::1", "[::2]:3000", False),
        (EVERYWHERE, "10.0.0.1:3000", True),
        (EVERYWHERE, "evil.example", False),
        ("", "10.0.0.1", True),
    ],
)
def test_only_known_names_are_answered(bound, host, allowed):
    """The bound address, localhost and what is allowed; any address where all are bound."""
    hosts = Hosts.from_environment(NAMED | {"TRIAGE_HOST": bound})

    assert hosts.allow([(b"accept", b"*/*"), (b"host", host.encode())]) is allowed


def test_no_name_and_two_names_are_not_answered():
    """A proxy could have read the other one."""
    hosts = Hosts.of("127.0.0.1")

    assert not hosts.allow([])
    assert not hosts.allow([(b"host", b"localhost"), (b"host", b"localhost")])


@given(st.binary(max_size=40))
def test_any_other_header_is_refused(host):
    """Whatever bytes it holds."""
    named = host.decode("latin-1").strip().lower()
    if not named.startswith(("localhost", "127.0.0.1", "[")):
        assert not Hosts.of("127.0.0.1").allow([(b"host", host)])
