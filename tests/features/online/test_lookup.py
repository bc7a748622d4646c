"""Sums that are sorted once, read at any moment."""

from __future__ import annotations

import numpy as np
import pytest

from features.online.lookup import Ordered

# Group 0 has marks at 10 (twice) and 30, group 1 at 20; the last one of group 0 is lost at 50.
GROUPS = np.array([0, 1, 0, 0, 0])
TIMES = np.array([30, 20, 10, 10, 50])
MARKS = np.array([[1.0, 1.0, 1.0, 1.0, -1.0]])


@pytest.mark.parametrize(
    ("group", "time", "total"),
    [
        (0, 9, 0),
        (0, 10, 2),
        (0, 29, 2),
        (0, 30, 3),
        (0, 99, 2),
        (1, 19, 0),
        (1, 20, 1),
        (-1, 99, 0),
    ],
)
def test_a_total_is_all_that_was_marked_of_the_group_by_then(
    group: int, time: int, total: float
) -> None:
    """What is marked at the very time counts; nothing of another group, nor of a new one."""
    found = Ordered.of(GROUPS, TIMES, MARKS).until(np.array([[group]]), np.array([time]))
    assert found.tolist() == [[[total]]]


def test_nothing_was_marked_at_all() -> None:
    """Every total is 0."""
    none = np.array([], dtype=np.int64)
    found = Ordered.of(none, none, np.empty((1, 0)))
    assert found.until(np.array([[0, -1]]), np.array([5, 5])).tolist() == [[[0.0, 0.0]]]
