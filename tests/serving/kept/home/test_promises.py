"""Promises are kept so that only the office can draw, and only what it promised."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cases.errors import BadInput
from policies.spot_check.commitment import commit
from policies.spot_check.plan import PlanParameters
from serving.kept.home.promises import PROMISES, SEED_FILE, Promise, keep_promise, read_promise
from serving.use_cases.planning.commitments import plan_inputs
from tests.factories.fakes import context

SECRET = "0123456789abcdef"  # noqa: S105  of these tests


@pytest.fixture
def promise() -> Promise:
    """A promise of two reviews."""
    of, as_of = context(), datetime(2026, 2, 15)
    parameters = PlanParameters.of(of.office, as_of=as_of, capacity=2, seed=SECRET)
    inputs = plan_inputs(of, parameters, "a" * 64, "0.1.0")
    return Promise(commit(inputs, SECRET, as_of), SECRET)


def test_a_promise_comes_back_as_it_was_kept(promise: Promise, tmp_path: Path) -> None:
    """By its hash, and ready to be opened."""
    keep_promise(tmp_path, promise)
    assert read_promise(tmp_path, promise.commitment.hash) == promise
    assert promise.opened(None).parameters.seed == SECRET


def test_another_seed_opens_nothing(promise: Promise, tmp_path: Path) -> None:
    """Nor does none, nor one that is very long."""
    keep_promise(tmp_path, promise)
    seed = tmp_path / PROMISES / promise.commitment.hash / SEED_FILE
    for other in ("fedcba9876543210", "", "a" * 10_000):
        seed.write_text(other)
        with pytest.raises(BadInput, match="not as it was kept"):
            read_promise(tmp_path, promise.commitment.hash)


def test_a_promise_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As a file that is missing."""
    with pytest.raises(BadInput, match="is not there"):
        read_promise(tmp_path, "a" * 64)


def test_where_nothing_can_be_written_nothing_is_left(promise: Promise, tmp_path: Path) -> None:
    """And what is wrong is said."""
    (tmp_path / PROMISES).write_text("a file")
    with pytest.raises(BadInput, match="cannot be written"):
        keep_promise(tmp_path, promise)
    assert [path.name for path in tmp_path.iterdir()] == [PROMISES]
