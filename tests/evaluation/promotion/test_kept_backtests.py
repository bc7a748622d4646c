"""Backtests kept beside the models."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest, backtest
from evaluation.promotion.kept_backtests import backtest_file, frame_once, keep, kept
from models.bundle.bundle import Bundle
from tests.factories.small_office import small_office
from training.run import train

UNTIL = datetime(2024, 7, 1)


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Eight hundred cases of the made-up office, as if read from files."""
    return dataclasses.replace(small_office(800), data_hash="a" * 64)


@pytest.fixture(scope="module")
def bundle(tables: Tables) -> Bundle:
    """A bundle of that office."""
    return train(tables, UNTIL)


@pytest.fixture(scope="module")
def tested(tables: Tables) -> Backtest:
    """Its backtest: both questions, two quarters."""
    span = {"first": date(2024, 4, 1), "last": date(2024, 7, 31)}
    return backtest(tables, **span, until=datetime(2024, 12, 31), retrain="quarter")


def test_comes_back_as_it_was_kept(tested: Backtest, tmp_path: Path) -> None:
    """Every row, figure and date of a kept backtest is that of the one that was made."""
    target = tmp_path / "backtests" / "one.parquet"
    keep(tested, target)
    found = kept(target, tested.share)
    assert found is not None
    for question in ("risk", "complexity"):
        own, other = getattr(tested, question), getattr(found, question)
        assert own.scores.equals(other.scores)
        assert dataclasses.replace(own, scores=None) == dataclasses.replace(other, scores=None)
    assert (found.first, found.last, found.every) == (tested.first, tested.last, tested.every)


def test_a_question_without_an_answer_stays_so(tested: Backtest, tmp_path: Path) -> None:
    """A backtest of one question, or of none, comes back as such."""
    target = tmp_path / "one.parquet"
    for changes in ({"risk": None}, {"risk": None, "complexity": None}):
        keep(dataclasses.replace(tested, **changes), target)
        found = kept(target, tested.share)
        assert found is not None
        assert found.risk is None
        assert (found.complexity is None) == ("complexity" in changes)


@pytest.mark.parametrize("content", [None, b"", b"PAR1 nonsense", b"PAR1" * 9])
def test_what_cannot_be_read_is_made_again(content: bytes | None, tmp_path: Path) -> None:
    """A file that is missing or not as it was written counts as none."""
    target = tmp_path / "one.parquet"
    if content is not None:
        target.write_bytes(content)
    assert kept(target, 0.1) is None


def test_where_nothing_can_be_kept_work_goes_on(tested: Backtest, tmp_path: Path) -> None:
    """A home that cannot be written to costs time and nothing else."""
    (tmp_path / "home").write_text("a file")
    keep(tested, tmp_path / "home" / "backtests" / "one.parquet")


def test_its_name_is_that_of_all_it_depends_on(tables: Tables, bundle: Bundle) -> None:
    """Other data, another office file or another time trained on: another file."""
    office = tables.office.model_copy(update={"handler_known": "intake"})
    later = dataclasses.replace(bundle, about=bundle.about | {"trained_until": "2024-07-02"})
    home = Path("home")
    names = {
        backtest_file(home, tables, bundle),
        backtest_file(home, dataclasses.replace(tables, data_hash="b" * 64), bundle),
        backtest_file(home, dataclasses.replace(tables, office=office), bundle),
        backtest_file(home, tables, later),
    }
    assert len(names) == 4
    assert backtest_file(home, tables, bundle) in names
    assert backtest_file(home, small_office(10), bundle) is None


def test_a_frame_is_made_once(tmp_path: Path) -> None:
    """What is kept is read and not made again, unless it cannot be read or has no place."""
    target, made = tmp_path / "backtests" / "one.parquet", []

    def make() -> pl.DataFrame:
        made.append(1)
        return pl.DataFrame({"x": [len(made)]})

    for _ in range(2):
        assert frame_once(target, make)["x"].to_list() == [1]
    target.write_bytes(b"nonsense")
    assert frame_once(target, make)["x"].to_list() == [2]
    assert frame_once(None, make)["x"].to_list() == [3]
