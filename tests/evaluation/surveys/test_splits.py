"""Evidence about several plans, however the defects are split among them."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.surveys.acceptance import Reading, Side, evidence, log_fortunes
from evaluation.surveys.splits import Part, least_evidence

SIDES: tuple[Side, ...] = ("fewer", "more")


def reading(y: list[float], cases: int) -> Reading:
    """The first of 40 drawn cases, with equal probabilities."""
    return Reading(np.array(y), np.full(len(y), 40 / cases), 40, 40 / cases, cases / 40)


def test_the_flatter_plan_takes_the_defects() -> None:
    """Slopes 1 and 3, room 10 each: 12 defects cost 10 + 6."""
    parts = [Part(((0, 0), (10, 30))), Part(((0, 0), (10, 10)))]
    assert least_evidence(parts, 12) == pytest.approx(16)
    assert least_evidence(parts, 21) == inf


def test_falling_evidence_is_followed_to_its_least() -> None:
    """At least 1 may be 4, where the evidence is least."""
    assert least_evidence([Part(((0, 2), (4, -1), (8, 5)))], 1) == -1


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from([0.0, 0.0, 0.0, 1.0]), min_size=1, max_size=20),
    st.lists(st.sampled_from([0.0, 0.0, 1.0]), min_size=1, max_size=20),
    st.integers(5, 40),
    st.sampled_from(SIDES),
)
def test_never_more_than_any_split_gives(
    first: list[float], second: list[float], total: int, side: Side
) -> None:
    """Against every way of splitting the defects of two frames of 40 and 60 cases."""
    reads = [reading(first, 40), reading(second, 60)]
    rooms = [40 - len(first), 60 - len(second)]
    parts = [Part.of(read, room, 6, side) for read, room in zip(reads, rooms, strict=True)]
    counts = [sum(read.y) + np.arange(room + 1) for read, room in zip(reads, rooms, strict=True)]
    logs = [
        log_fortunes(read, count, claimed=6, side=side)[:, -1]
        for read, count in zip(reads, counts, strict=True)
    ]
    defects, splits = np.add.outer(*counts), np.add.outer(*logs)
    goal = total if side == "fewer" else -total
    some = splits[defects >= total if side == "fewer" else defects <= total]
    assert least_evidence(parts, goal) <= some.min(initial=inf) + 1e-6


def test_one_plan_is_as_sure_alone_as_together() -> None:
    """80 good of 3,000 with equal probabilities: the same evidence, but for steps of counts."""
    read = Reading(np.zeros(80), np.full(80, 0.1), 300, 0.1, 10)
    alone = evidence(read, 301, "fewer")[-1]
    both = least_evidence([Part.of(read, 2920, 300, "fewer")], 301)
    assert 0.97 * alone < both <= alone + 1e-9


def test_false_claims_at_any_look_of_two_quarters() -> None:
    """Rates of 6 % and 14 %: "at most 10 % of both" in at most 5 % of 300 series (three errors)."""
    rng, shown = np.random.default_rng(9), 0
    for _series in range(300):
        looks = zip(*(quarter(rng, defects) for defects in (12, 29)), strict=True)
        shown += max(least_evidence(parts, 41) for parts in looks) >= log(20)
    assert shown / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def quarter(rng: np.random.Generator, defects: int) -> list[Part]:
    """60 of 200 cases with so many defects are drawn: after 30 and 60 reviews."""
    y = (rng.permutation(200) < defects).astype(float)
    return [
        Part.of(Reading(y[:n], np.full(n, 0.3), 60, 0.3, 1 / 0.3), 200 - n, 20, "fewer")
        for n in (30, 60)
    ]
