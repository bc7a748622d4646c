"""A question is one file, one function and two lines: a new one is trained, kept and asked.

How good its answers are is not tried by them: see `docs/changing.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import polars as pl
import pytest

from cases.errors import Refused
from cases.language.messages import Message, _
from cases.tables.tables import Tables
from features.as_of import intake_moments
from models.bundle.bundle import Bundle, gaps
from models.questions.question import Question
from models.questions.questions import QUESTIONS
from tests.factories.small_office import small_office
from training.questions import TRAININGS, Fitted, Past, Training
from training.run import train

UNTIL = datetime(2024, 7, 1)
SUSPECTS = "attribute.suspects"


@dataclass(frozen=True)
class Pages(Question):
    """How many pages a file will have: so many for each suspect."""

    code = "pages"
    meaning = Message("pages")
    estimate = "pages"
    each: float

    @property
    def names(self) -> tuple[str, ...]:
        """The suspects alone."""
        return (SUSPECTS,)

    def answer(self, x: pl.DataFrame) -> pl.DataFrame:
        """One column."""
        return x.select(pages=pl.col(SUSPECTS) * self.each)

    def as_json(self) -> dict[str, Any]:
        """The one number."""
        return {"each": self.each}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        return cls(float(saved["each"]) if not text else 0.0)


def pages_training(past: Past) -> Training:
    """From the number of cases; an office of few lacks pages."""
    count = past.tables.case_rows.height
    lacks = _("{count} cases are too few.", count=count) if count < 500 else None
    return Training(lacks, {"paged_cases": count}, lambda: Fitted(Pages(20.0), past.intake))


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is known, and how it is trained."""
    monkeypatch.setitem(QUESTIONS, Pages.code, Pages)
    monkeypatch.setitem(TRAININGS, Pages.code, pages_training)


@pytest.fixture(scope="module")
def tables() -> Tables:
    """The made-up office."""
    return small_office(600)


def test_a_new_question_is_trained_kept_and_asked(tables: Tables, tmp_path: Path) -> None:
    """It answers from its features, before and after it was saved, next to the others."""
    bundle = train(tables, UNTIL)
    assert set(bundle.questions) == set(QUESTIONS) - {
        "remaining",
        "overruns",
        "running_risk",
    }  # no limits
    assert bundle.about["paged_cases"] == 600
    assert set(bundle.usual["pages"]) == {SUSPECTS}
    bundle.save(tmp_path)
    again = Bundle.load(tmp_path, tables.office)
    moments = intake_moments(tables, after=None, until=UNTIL)
    answers = again.predict("pages", tables, moments)
    assert answers.equals(bundle.predict("pages", tables, moments))
    x = again.features(tables, moments, "pages")
    assert answers["pages"].to_list() == (x[SUSPECTS] * 20.0).to_list()
    assert set(again.explain("pages", x, top=3).values()) == {()}
    assert again.question(Pages) == Pages(20.0)


def test_what_a_new_question_lacks_is_said(tables: Tables) -> None:
    """Left out of the bundle with its reason, which every answer repeats."""
    bundle = train(small_office(499), UNTIL)
    assert "pages" not in bundle
    assert str(bundle.not_trained["pages"]) == "499 cases are too few."
    assert "No model of pages was trained: 499 cases are too few." in map(
        str, gaps(bundle.not_trained)
    )
    with pytest.raises(Refused, match=r"nothing about pages.*499 cases are too few"):
        bundle.predict("pages", tables, intake_moments(tables, after=None, until=UNTIL))


def test_a_bundle_older_than_a_question_still_answers_the_others(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It loads, and says that the question did not exist when it was trained."""
    with monkeypatch.context() as earlier:
        earlier.delitem(QUESTIONS, Pages.code)
        earlier.delitem(TRAININGS, Pages.code)
        train(tables, UNTIL).save(tmp_path)
    bundle = Bundle.load(tmp_path, tables.office)
    assert "risk" in bundle
    with pytest.raises(Refused, match="there was no such question"):
        bundle.question(Pages)


def test_a_question_reads_only_what_is_known_when_it_is_asked(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle whose question at intake reads a fact of closing is not loaded."""
    late = "attribute.appealed"

    def training(past: Past) -> Training:
        cases = past.intake.with_columns(pl.lit(1.0).alias(late))
        return Training(None, {}, lambda: Fitted(Pages(20.0), cases))

    monkeypatch.setattr(Pages, "names", (late,))
    monkeypatch.setitem(TRAININGS, Pages.code, training)
    train(tables, UNTIL).save(tmp_path)
    with pytest.raises(Refused, match="pages reads what is not known when it is asked"):
        Bundle.load(tmp_path, tables.office)
