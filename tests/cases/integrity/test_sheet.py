"""A table that people got, held against the one computed again: every cell counts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.integrity.sheet import as_published, sheet_differences
from cases.spreadsheet import write_for_people

SHEET = pl.DataFrame(
    {
        "rank": [1, 2, 3],
        "case_id": ["a", "=b", "c"],
        "risk": [0.25, 0.123456, None],
        "why": ["search", 'rule, as "acquitted"', None],
        "second_review": [True, False, False],
        "closed_at": [datetime(2026, 6, 1, 9), None, datetime(2026, 6, 30, 23, 59, 59, 999999)],
    }
)


def kept(folder: Path, frame: pl.DataFrame = SHEET) -> pl.DataFrame:
    """The texts of a sheet as it was written and read back."""
    write_for_people(frame, folder / "plan.csv")
    return pl.read_csv(folder / "plan.csv", infer_schema=False)


def said(texts: pl.DataFrame, again: pl.DataFrame = SHEET) -> list[str]:
    """The differences in English."""
    return [problem.say("en") for problem in sheet_differences("plan.csv", texts, again)]


def test_what_was_written_differs_in_nothing(tmp_path: Path) -> None:
    """With formulas made harmless, empty cells, dates and quotation marks."""
    texts = kept(tmp_path)
    assert texts["case_id"].to_list() == ["a", "'=b", "c"]
    assert said(texts) == []
    assert said(kept(tmp_path, SHEET.head(0)), SHEET.head(0)) == []


CHANGED: dict[str, tuple[list[pl.Expr], list[str]]] = {
    "a risk": (
        [pl.lit(pl.Series("risk", ["0.25", "0.001", None]))],
        ["plan.csv, row 3: risk is 0.001, computed again 0.123456."],
    ),
    "a risk that is gone": (
        [pl.lit(pl.Series("risk", [None, "0.123456", None]))],
        ["plan.csv, row 2: risk is (none), computed again 0.25."],
    ),
    "a risk that came": (
        [pl.lit(pl.Series("risk", ["0.25", "0.123456", "0"]))],
        ["plan.csv, row 4: risk is 0, computed again (none)."],
    ),
    "a risk that is none": (
        [pl.lit(pl.Series("risk", ["low", "0.123456", None]))],
        ["plan.csv, row 2: risk is low, computed again 0.25."],
    ),
    "two columns": (
        [pl.col("rank").reverse(), pl.lit("x").alias("why")],
        [
            "plan.csv, row 2: rank is 3, computed again 1.",
            "plan.csv, row 2: why is x, computed again search.",
        ],
    ),
    "a day": (
        [pl.lit(pl.Series("closed_at", ["2026-06-01T09:00:00.000000", None, "2026-06-29"]))],
        ["plan.csv, row 4: closed_at is 2026-06-29, computed again 2026-06-30."],
    ),
    "an apostrophe": (
        [pl.lit(pl.Series("case_id", ["a", "=b", "c"]))],
        ["plan.csv, row 3: case_id is =b, computed again '=b."],
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_each_column_that_differs_is_named(tmp_path: Path, name: str) -> None:
    """With its first row and both values."""
    changes, sentences = CHANGED[name]
    assert said(kept(tmp_path).with_columns(changes)) == sentences


def test_rounding_of_another_processor_is_no_difference(tmp_path: Path) -> None:
    """The last of six digits; not the one before."""
    texts = kept(tmp_path)
    assert said(texts, SHEET.with_columns(pl.col("risk") + 1e-6)) == []
    assert len(said(texts, SHEET.with_columns(pl.col("risk") + 1e-5))) == 1


def test_other_rows_and_columns_are_named(tmp_path: Path) -> None:
    """One more or less, or in another order."""
    texts = kept(tmp_path)
    assert said(texts.head(2)) == ["plan.csv has 2 rows instead of 3."]
    others = {
        "lacks the column why.": texts.drop("why"),
        "has a column Why that is not computed again.": texts.rename({"why": "Why"}),
        "has its columns in another order than is computed again.": texts.select(
            reversed(texts.columns)
        ),
    }
    for sentence, other in others.items():
        assert said(other) == [f"plan.csv {sentence}"]
    assert said(texts.reverse())[0] == "plan.csv, row 2: rank is 3, computed again 1."


TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS, st.data())
def test_any_changed_text_is_found(
    tmp_path: Path, texts: list[str | None], other: str | None, data: st.DataObject
) -> None:
    """Whatever stands in it; nothing and an empty text look alike to people."""
    again = pl.DataFrame({"why": texts}, schema={"why": pl.String})
    row = data.draw(st.integers(0, len(texts) - 1))
    changed = again.with_row_index().with_columns(
        why=pl.when(pl.col("index") == row).then(pl.lit(other)).otherwise("why")
    )
    same = (texts[row] or "") == (other or "")
    assert (said(as_published(changed.select("why")), again) == []) == same
