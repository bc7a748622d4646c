"""Calls that come at the same time are carried out together, each with its own answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger import gathering
from ledger.gathering import Gathering


def test_who_comes_meanwhile_shares_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """But no run is larger than the most."""
    monkeypatch.setattr(gathering, "MOST", 3)
    runs: list[list[int]] = []
    everybody = threading.Barrier(6)

    def together(given: Sequence[int]) -> list[int]:
        runs.append(list(given))
        if len(runs) == 1:
            while len(gathered._waiting) < 5:  # until all others wait
                threading.Event().wait(0.001)
        return [number * 10 for number in given]

    gathered = Gathering(together)

    def call(number: int) -> int:
        everybody.wait()
        return gathered(number)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(call, range(6))) == [0, 10, 20, 30, 40, 50]
    assert sorted(map(len, runs)) == [1, 2, 3]


def test_an_error_is_that_of_all_in_the_run() -> None:
    """And the next run goes on."""

    def together(given: Sequence[int]) -> list[int]:
        if 1 in given:
            raise OSError("broken")
        return list(given)

    gathered = Gathering(together)
    with pytest.raises(OSError, match="broken"):
        gathered(1)
    assert gathered(2) == 2


def test_an_error_is_not_that_of_who_waits_for_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where who waits carries out the run of another; each call is carried out once."""
    monkeypatch.setattr(gathering, "MOST", 1)
    runs: list[int] = []

    def together(given: Sequence[int]) -> list[int]:
        runs.extend(given)
        if given[0] == 0:
            raise OSError("broken")
        return list(given)

    gathered = Gathering(together)
    other = gathering._Call[int, int](0)
    gathered._waiting.append(other)
    assert gathered(1) == 1
    assert (str(other.error), runs) == ("broken", [0, 1])


def test_who_is_interrupted_is_not_carried_out_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller has gone, and knows nothing of what would be written."""
    monkeypatch.setattr(gathering, "MOST", 1)

    def together(_given: Sequence[int]) -> list[int]:
        raise KeyboardInterrupt

    gathered = Gathering(together)
    gathered._waiting.append(gathering._Call[int, int](0))
    with pytest.raises(KeyboardInterrupt):
        gathered(1)
    assert not gathered._waiting
