"""`triage commit`, the draw that keeps the promise, and what a reader finds who has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.factories.command import triage

SECRET, VALUE = "0123456789abcdef", "3 7 12 31"
REQUEST = ("--as-of", "2026-06-30", "--capacity", 60)
BEACON = ("--beacon-source", "a lottery", "--beacon-time", "2031-01-01")


@pytest.fixture
def promised(office: Path, tmp_path: Path) -> Path:
    """A commitment that waits for a beacon."""
    target = tmp_path / "promised.json"
    made = triage("commit", office, *REQUEST, *BEACON, "--seed", SECRET, "--out", target)
    assert made.exit_code == 0, made.output
    assert SECRET in made.output
    assert SECRET not in target.read_text("utf-8")
    return target


def test_commit_plan_verify(office: Path, tmp_path: Path, promised: Path) -> None:
    """What was promised is drawn, and a reader who knows the value finds nothing else."""
    opened = ("--commitment", promised, "--beacon", VALUE, "--seed", SECRET)
    drawn = triage("plan", office, *opened, "--out", tmp_path / "plan")
    assert drawn.exit_code == 0, drawn.output
    assert "nothing was left to choose" in drawn.output
    kept = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert (kept["secret_seed"], kept["beacon_value"]) == (SECRET, VALUE)
    known = ("verify", tmp_path / "plan", "--commitment", promised, "--beacon")
    same = triage(*known, "3-7-12-31")
    assert same.exit_code == 0, same.output
    other = triage(*known, "3 7 12 32")
    assert (other.exit_code, "seed of the draw is not the one" in other.output) == (3, True)
    unknown = triage(*known[:-1])
    assert (unknown.exit_code, "its value is needed" in unknown.output) == (3, True)
    assert triage("estimate", office, "--plan", tmp_path / "plan").exit_code in (0, 3)


def test_a_plan_that_is_not_what_was_promised_is_refused(
    office: Path, tmp_path: Path, promised: Path
) -> None:
    """A contradiction, a missing value or seed, and another seed; nothing is written."""
    out = ("--commitment", promised, "--out", tmp_path / "plan")
    missing = triage("plan", office, *out)
    assert missing.exit_code == 2
    assert "--seed: is missing" in missing.output
    assert "--beacon: is missing" in missing.output
    opened = (*out, "--beacon", VALUE, "--seed")
    other = triage("plan", office, *opened, SECRET, "--capacity", 61, "--search-share", 0.123)
    assert other.exit_code == 2
    assert other.output.count("contradicts the commitment") == 2
    wrong = triage("plan", office, *opened, "fedcba9876543210")
    assert (wrong.exit_code, "secret seed is not the one" in wrong.output) == (3, True)
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*REQUEST, "--beacon-source", "a lottery"), "needs both `--beacon-source` and"),
        ((*REQUEST, *BEACON[:3], "2020-01-01"), "is not a time to come"),
        ((*REQUEST, "--seed", "short"), "is not a secret seed (5 letters)"),
    ],
)
def test_a_commitment_that_binds_nothing_is_refused(
    office: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    """And not written."""
    result = triage("commit", office, *words, "--out", tmp_path / "c.json")
    assert (result.exit_code, sentence in result.output) == (2, True)
    assert not (tmp_path / "c.json").exists()


def test_two_draws_of_one_frame_are_reported(office: Path, tmp_path: Path) -> None:
    """Where both plans are there, and never of one alone."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert triage("plan", office, *REQUEST, "--out", folder).exit_code == 0
        assert triage("verify", folder).exit_code == 0
    both = triage("verify", *folders)
    assert both.exit_code == 3
    assert "drawn from with different seeds: one, two." in both.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--beacon", "1"), "says nothing without the commitment"),
        (("--commitment", "nowhere.json"), "nowhere.json: is not there."),
        (("--totals", "nowhere.csv"), "nowhere.csv"),
        (("--manifest", "0" * 64), "is not the one whose hash was published"),
    ],
)
def test_what_a_reader_gives_is_checked(
    office: Path, words: tuple[str, ...], sentence: str
) -> None:
    """Before anything is said of the folder."""
    result = triage("verify", office.parent / "plan", *words)
    assert result.exit_code in (2, 3)
    assert sentence in result.output


def test_totals_name_what_was_taken_out(office: Path, tmp_path: Path) -> None:
    """A register that counts more closings of a unit than the tables have."""
    (tmp_path / "totals.csv").write_text("unit,month,closed\nU1,2026-05,99999\n", "utf-8")
    result = triage("verify", office.parent / "plan", "--totals", tmp_path / "totals.csv")
    assert (result.exit_code, "99,999 in the totals" in result.output) == (3, True)
