"""How often somebody may ask."""

from __future__ import annotations

import pytest

from serving.access.limits import Buckets, client
from tests.serving.access.conftest import Clock


def test_a_bucket_fills_again(clock: Clock) -> None:
    """Three at once, then one every two seconds; whoever waits is told how long."""
    buckets = Buckets(0.5, 3, clock)
    assert [buckets.take("a") for _i in range(5)] == [0, 0, 0, 2, 2]
    assert buckets.wait("a") == 2
    assert buckets.wait("b") == buckets.take("b") == 0
    clock.now += 2
    assert [buckets.take("a") for _i in range(2)] == [0, 2]
    clock.now += 10_000
    assert [buckets.take("a") for _i in range(4)] == [0, 0, 0, 2]


def test_few_are_remembered(clock: Clock) -> None:
    """Who asked longest ago is forgotten, however many there are."""
    buckets = Buckets(0.5, 1, clock, most=2)
    for who in "abc":
        assert buckets.take(who) == 0
    assert buckets.take("c") > 0
    assert buckets.take("a") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("unknown", "unknown", True),
    ],
)
def test_whose_address_it_is(one: str, other: str, same: bool) -> None:
    """Of IPv6 a whole site is one client."""
    assert (client(one) == client(other)) is same
