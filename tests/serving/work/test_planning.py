"""Promises, orders and draws: of two with one key the first counts."""

from __future__ import annotations

from datetime import UTC, datetime

from serving.work.planning import Drawn, Ordered, Planning, Promised
from serving.work.step import Step, Taken

AT = datetime(2026, 7, 1, tzinfo=UTC)


def taken(*steps: Step) -> list[Taken]:
    """The steps, recorded one after the other."""
    return [Taken(step, number, AT, "U-1") for number, step in enumerate(steps, start=1)]


def test_a_draw_is_ordered_once() -> None:
    """A second order under the same key, with another seed, changes nothing."""
    first, second = (Ordered(key="k", parameters={"seed": seed}) for seed in "ab")
    now = Planning().after(taken(first, second))
    assert now.ordered["k"].step == first
    assert not now.drawn


def test_what_was_ordered_becomes_one_plan() -> None:
    """A second plan of the same order does not count, nor one that nobody ordered."""
    steps = (
        Ordered(key="k", parameters={}),
        Drawn(key="k", plan="p1"),
        Drawn(key="k", plan="p2"),
        Drawn(key="other", plan="p3"),
    )
    now = Planning().after(taken(*steps))
    assert {key: one.step.plan for key, one in now.drawn.items()} == {"k": "p1"}


def test_a_promise_stands_by_its_hash() -> None:
    """Whoever made it first is who made it."""
    now = Planning().after(taken(Promised(key="k", commitment="c")))
    again = now.after(taken(Promised(key="l", commitment="c")))
    assert again.promised["c"].step == Promised(key="k", commitment="c")
