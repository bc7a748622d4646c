"""Tests of verification: an assignment that was touched is known from one that was not."""

from __future__ import annotations

import io
from typing import Any

import polars as pl
import pytest

from policies.assignment.result import CHANCES, chances_hash
from policies.assignment.verify import verify_assignment
from policies.seeds import commitment
from tests.factories.assignments import assigned

BATCH = "case_id | kind | designated_handler | designation_reason\n"
BATCH += "a | k | - | -\nb | k | - | -\nc | j | - | -\nd | k | A | major"
FOUND = assigned(BATCH, "handler | load\nA | 0\nB | 1\nC | 2", floor=0.5)
MANIFEST = FOUND.describe()


def test_an_untouched_assignment_matches_after_it_was_a_file() -> None:
    """Chances that went through CSV, in another order, are drawn from alike."""
    text = FOUND.chances.reverse().write_csv()
    chances = pl.read_csv(io.StringIO(text), schema=CHANCES)
    verified = verify_assignment(MANIFEST, chances, FOUND.lines.reverse(), commitment("dice"))
    assert verified.matches
    assert str(verified.sentence).startswith("It matches: each of the 3 cases drawn")


def test_another_hand_is_found() -> None:
    """Every line given to anybody else than the draw says is named."""
    for case, handler in FOUND.lines.filter(how="drawn").select("case_id", "handler").rows():
        other = "A" if handler != "A" else "B"
        given = pl.when(pl.col("case_id") == case).then(pl.lit(other)).otherwise("handler")
        other_lines = FOUND.lines.with_columns(handler=given)
        sentence = verify_assignment(MANIFEST, FOUND.chances, other_lines).sentence.say("en")
        assert f"case {case} is given to {other}, the draw gives it to {handler}" in sentence


def touched(**changes: Any) -> dict[str, Any]:
    """The manifest with parts replaced."""
    return MANIFEST | changes


OTHER_CHANCES = FOUND.chances.with_columns(probability=1 / 3)


@pytest.mark.parametrize(
    ("kept", "chances", "lines", "sentence"),
    [
        (touched(parameters=None), FOUND.chances, FOUND.lines, "does not hold the parameters"),
        (touched(format=0), FOUND.chances, FOUND.lines, "it was drawn in format 0"),
        (MANIFEST, OTHER_CHANCES, FOUND.lines, "not the ones it was drawn from"),
        (MANIFEST, FOUND.chances, FOUND.lines[1:], "is given to nobody"),
        (
            MANIFEST,
            FOUND.chances,
            FOUND.lines.with_columns(probability=pl.col("probability") / 2),
            "is said to have had a probability of",
        ),
        (
            MANIFEST,
            FOUND.chances,
            FOUND.lines.with_columns(how=pl.lit("drawn")),
            "case d is said to be drawn but has no probabilities",
        ),
    ],
)
def test_the_first_difference_is_named(
    kept: dict[str, Any], chances: pl.DataFrame, lines: pl.DataFrame, sentence: str
) -> None:
    """Whatever was changed, the sentence says where it first differs."""
    verified = verify_assignment(kept, chances, lines)
    assert not verified.matches
    assert sentence in str(verified.sentence)


@pytest.mark.parametrize(
    "change",
    [
        pl.col("probability") * 0.9,
        pl.lit(None, pl.Float64).alias("probability"),
        pl.when(pl.col("handler") == "A").then(7).otherwise("group").alias("group"),
        pl.when(pl.col("case_id") == "a").then(1 / 3).otherwise("probability").alias("probability"),
    ],
)
def test_probabilities_that_are_not_a_draw_are_reported(change: pl.Expr) -> None:
    """Chances that do not add up, or differ within a group, cannot be drawn from."""
    odd = FOUND.chances.with_columns(change)
    sentence = verify_assignment(
        touched(chances_hash=chances_hash(odd)), odd, FOUND.lines
    ).sentence.say("en")
    assert "It does NOT match" in sentence


def test_a_seed_chosen_after_the_commitment_is_found_out() -> None:
    """The published hash binds the office to its seed."""
    published = commitment("better dice")
    sentence = verify_assignment(MANIFEST, FOUND.chances, FOUND.lines, published).sentence.say("en")
    assert "commitment was published" in sentence
