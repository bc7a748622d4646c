"""Which names the service answers to.

A page from elsewhere can have its own name point to this machine (DNS rebinding) and then read
answers as its own. It cannot make a browser say another name, so only known ones are answered.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCAL = "localhost"
EVERYWHERE = "0.0.0.0"  # noqa: S104  compared with, not listened on


@dataclass(frozen=True)
class Hosts:
    """Names, and whether any IP address is one: a page cannot point an address elsewhere."""

    names: frozenset[str]
    any_address: bool

    @classmethod
    def of(cls, bound: str, more: Iterable[str] = ()) -> Hosts:
        """The address that is listened on, `localhost`, and what else is allowed."""
        names = {_plain(name) for name in (bound, LOCAL, *more)}
        return cls(frozenset(names), ipaddress.ip_address(bound).is_unspecified)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Hosts:
        """As `TRIAGE_HOST`, `TRIAGE_ALLOW_HOSTS` (with commas) and `TRIAGE_PUBLIC_URL` say."""
        more = environment.get("TRIAGE_ALLOW_HOSTS", "").split(",")
        more.append(urlsplit(environment.get("TRIAGE_PUBLIC_URL", "")).hostname or "")
        return cls.of(environment.get("TRIAGE_HOST") or EVERYWHERE, filter(None, more))

    def allow(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether the headers of a request name one of them, once.

        >>> Hosts.of("127.0.0.1").allow([(b"host", b"LOCALHOST:3000")])
        True
        """
        named = [value for name, value in headers if name == b"host"]
        if len(named) != 1:
            return False
        name = _plain(_without_port(named[0].decode("latin-1")))
        return name in self.names or (self.any_address and _is_address(name))


def _without_port(host: str) -> str:
    return host.partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _plain(name: str) -> str:
    return name.strip().strip("[]").rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
