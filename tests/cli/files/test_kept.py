"""A plan and an intake that an earlier version kept are still what their seeds give."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from policies.spot_check.verify import verify
from policies.verified import Verified
from serving.kept.intake.checks import read_intake, verify_intake
from serving.kept.plan import read_plan

KEPT = Path(__file__).parents[2] / "policies" / "kept"


def of_plan(folder: Path) -> Verified:
    """Whether the plan in a folder is what its frame and seed give."""
    return verify(read_plan(folder))


def of_intake(folder: Path) -> Verified:
    """Whether the intake in a folder is what its probabilities and seed give."""
    return verify_intake(read_intake(folder))


@pytest.mark.parametrize(("folder", "check"), [("plan", of_plan), ("intake", of_intake)])
def test_what_an_earlier_version_kept_still_matches(
    folder: str, check: Callable[[Path], Verified]
) -> None:
    """Not a ticket, a probability or a hash has changed."""
    verified = check(KEPT / folder)
    assert verified.matches, verified.sentence.say("en")


def copied(folder: str, target: Path) -> Path:
    """The kept folder where it may be written to."""
    return Path(shutil.copytree(KEPT / folder, target / folder))


def one_cell_changed(path: Path, old: str, new: str) -> None:
    """Replace the first `old` after the head line of a CSV file."""
    head, body = path.read_text("utf-8").split("\n", 1)
    assert old in body
    path.write_text(f"{head}\n{body.replace(old, new, 1)}", "utf-8")


@pytest.mark.parametrize(
    ("folder", "file", "old", "new", "check", "sentence"),
    [
        ("plan", "plan.csv", ",lottery,", ",search,", of_plan, "`plan.csv` has selected_by search"),
        ("intake", "intake.csv", ",H005,", ",H001,", of_intake, "is given to H001, the draw gives"),
        ("intake", "intake.csv", ",person,", ",simple,", of_intake, "has another track"),
    ],
)
def test_one_changed_cell_is_found(
    tmp_path: Path,
    folder: str,
    file: str,
    old: str,
    new: str,
    check: Callable[[Path], Verified],
    sentence: str,
) -> None:
    """The sentence says where it first differs."""
    kept = copied(folder, tmp_path)
    one_cell_changed(kept / file, old, new)
    verified = check(kept)
    assert not verified.matches
    assert sentence in verified.sentence.say("en")


@pytest.mark.parametrize(
    ("folder", "file", "column", "check", "sentence"),
    [
        ("plan", "frame.parquet", "risk", of_plan, "is not the frame that `plan.json` was made"),
        ("plan", "frame.parquet", "inclusion_probability", of_plan, "gives case"),
        ("intake", "chances.parquet", "probability", of_intake, "not the ones it was drawn from"),
    ],
)
def test_one_changed_number_is_found(
    tmp_path: Path,
    folder: str,
    file: str,
    column: str,
    check: Callable[[Path], Verified],
    sentence: str,
) -> None:
    """So it is in the files that hold exact numbers."""
    kept = copied(folder, tmp_path)
    frame = pl.read_parquet(kept / file)
    first = pl.int_range(pl.len()) == 0
    frame.with_columns(
        pl.when(first).then(pl.col(column) * 0.9).otherwise(pl.col(column)).alias(column)
    ).write_parquet(kept / file)
    verified = check(kept)
    assert not verified.matches
    assert sentence in verified.sentence.say("en")
