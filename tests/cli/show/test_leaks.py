"""The leak finder as a user of `triage check` and `triage train` meets it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.demo import make_demo
from tests.factories.command import triage

DECLARED = """
[attributes.review_code]
type = "code"
known = "closing"
meaning = { en = "code of the review", zh = "评查代码" }
"""
ACCEPTED = """
[[accepted_leaks]]
column = "review_code"
reason = "a test of the training of reviewers"
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office with a column that is filled in after the review."""
    file = make_demo(tmp_path_factory.mktemp("leaky"), cases=1_500, seed=4)
    cases = pl.read_csv(file.parent / "cases.csv", infer_schema=False)
    table = pl.read_csv(file.parent / "reviews.csv", infer_schema=False)
    independent = ~pl.col("kind").is_in(["check", "verification"])
    reviewed = table.filter(independent)["case_id"].unique()
    code = pl.when(pl.col("case_id").is_in(reviewed.implode())).then(pl.lit("A"))
    cases.with_columns(code.alias("review_code")).write_csv(file.parent / "cases.csv")
    file.write_text(file.read_text("utf-8") + DECLARED, "utf-8")
    return file


def test_check_shows_what_knows_too_much(office: Path) -> None:
    """With evidence, what to do and the lines that accept it; that is no fault of the tables."""
    said = triage("check", office)
    assert said.exit_code == 0, said.output
    for part in (
        "review_code",
        "blatant",
        "Find out when",
        "[[accepted_leaks]]",
        "Without a fault",
    ):
        assert part in said.output


def test_check_says_what_it_did_not_look_at(office: Path) -> None:
    """How frequent a special value must be to be seen, and what no look at tables can show."""
    said = " ".join(triage("check", office).output.split())
    assert "A special value (blank, UNKNOWN, 0) that only complex cases have is not seen" in said
    assert "Never seen: a date entered later than it says" in said


def test_dates_of_a_case_can_be_accepted(office: Path) -> None:
    """A finding about the opening is accepted as one about an attribute is."""
    accepting = office.with_name("dates.toml")
    text = office.read_text("utf-8") + ACCEPTED.replace("review_code", "opened_at")
    accepting.write_text(text, "utf-8")
    assert triage("check", accepting).exit_code == 0


def test_check_speaks_the_language_of_the_office(office: Path) -> None:
    """Evidence and remedy in Chinese."""
    chinese = office.with_name("chinese.toml")
    text = office.read_text("utf-8").replace('language = "en"', 'language = "zh"')
    chinese.write_text(text, "utf-8")
    assert "查明review_code何时填写" in triage("check", chinese).output


def test_training_stops_until_it_is_accepted(office: Path) -> None:
    """Refused, naming the column; with a reason in the office file `check` shows the reason."""
    refused = triage("train", office)
    assert refused.exit_code == 3
    assert "review_code: It is filled in for" in refused.output
    stands_by = office.with_name("accepted.toml")
    stands_by.write_text(office.read_text("utf-8") + ACCEPTED, "utf-8")
    said = triage("check", stands_by)
    assert "accepted: a" in said.output
    assert "triage train" not in said.output


def test_only_columns_there_are_can_be_accepted(office: Path) -> None:
    """A name that is no column is a fault of the office file, with the nearest one."""
    wrong = office.with_name("wrong.toml")
    text = office.read_text("utf-8") + ACCEPTED.replace("review_code", "reviewcode")
    wrong.write_text(text, "utf-8")
    said = triage("check", wrong)
    assert said.exit_code == 2
    assert "Did you mean `review_code`?" in said.output
