"""What was computed of an unchanged office is not computed again."""

from __future__ import annotations

import sys
import threading

import polars as pl

from serving.use_cases.context import MOST_KEPT, ServiceContext
from tests.factories.fakes import FakeModel
from tests.factories.small_office import small_office


def test_the_latest_answers_are_kept_and_no_more() -> None:
    """A frame is computed once while it is among the last that were asked for."""
    context, computed = ServiceContext(small_office(10), FakeModel()), []

    def compute(number: int) -> pl.DataFrame:
        computed.append(number)
        return pl.DataFrame({"number": [number]})

    asked = [0, 0, *range(1, MOST_KEPT), 0, MOST_KEPT, 0, 1]
    found = [context.kept(number, lambda n=number: compute(n))["number"][0] for number in asked]
    assert found == asked
    assert computed == [*range(MOST_KEPT + 1), 1]


def test_threads_share_what_is_kept() -> None:
    """`/healthz` is answered beside a computation; neither takes from the other what is oldest."""
    context, failed = ServiceContext(small_office(10), FakeModel()), []
    before = sys.getswitchinterval()

    def ask(name: int) -> None:
        try:
            for number in range(5_000):
                context.kept((name, number), object)
        except KeyError as error:
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(name,)) for name in range(4)]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert failed == []
