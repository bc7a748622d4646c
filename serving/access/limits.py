"""How often somebody may ask: a bucket each that fills again, in bounded memory."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable

MOST = 10_000  # who are remembered; the one that asked longest ago is forgotten
SITE = 64  # bits of an IPv6 address that one client has


class Buckets:
    """Each may ask `burst` times at once, and then `per_second` times a second."""

    def __init__(
        self, per_second: float, burst: int, now: Callable[[], float], most: int = MOST
    ) -> None:
        self._per_second, self._burst, self._now, self._most = per_second, burst, now, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str) -> int:
        """0 if they may ask now; else in how many seconds they may."""
        left = self._now_left(who)
        return 0 if left >= 1 else math.ceil((1 - left) / self._per_second)

    def take(self, who: str) -> int:
        """As `wait`; and it counts, if they may."""
        wait, left = self.wait(who), self._now_left(who)
        self._left.pop(who, None)
        self._left[who] = (left - (wait == 0), self._now())
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait

    def _now_left(self, who: str) -> float:
        now = self._now()
        left, at = self._left.get(who, (float(self._burst), now))
        return min(self._burst, left + (now - at) * self._per_second)


def client(address: str) -> str:
    """Whose address it is: of IPv6 the site's, as everybody has countless ones.

    >>> client("192.0.2.7"), client("2001:db8::7")
    ('192.0.2.7', '2001:db8::/64')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:SITE]
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, SITE), strict=False))
