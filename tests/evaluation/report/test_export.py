"""The report's content as JSON and as a model card."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from cases.language.catalogues import Language, languages
from cases.language.messages import say
from cases.language.texts import Text
from evaluation.backtests.backtest import MODEL
from evaluation.pages.cells import interval
from evaluation.report.export import FORMAT, as_json
from evaluation.report.findings.found import findings
from evaluation.report.front import front_page
from evaluation.report.model_card import (
    NOT_FILLED,
    OVERSIGHT_COMPLEXITY,
    OVERSIGHT_RISK,
    UNFILLED,
    escaped,
    model_card,
    sections,
)
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure
from tests.factories.small_office import HOSTILE

SHELL = [
    "format", "front_page", "findings", "office", "data", "card", "first", "last", "every",
    "retrain", "share", "risk", "complexity", "performance", "since", "reported", "leaks",
    "stand_ins", "fairness", "intake", "changes", "versions", "quality", "own_checks", "uptake",
    "overrides", "reviewers", "anchoring", "influences", "notes",
]  # fmt: skip


def test_json_keeps_its_keys(summary: ReportSummary) -> None:
    """A program finds the same keys in every report; a change of them is a change of format."""
    content = json.loads(as_json(summary))
    assert list(content) == SHELL
    assert content["format"] == FORMAT
    assert set(content["risk"]["pooled"]["measures"][MODEL]["auc"]) == {
        "value", "low", "high", "n", "absent",
    }  # fmt: skip


def test_json_holds_the_summary(summary: ReportSummary) -> None:
    """Figures, dates, words and counts are those of the summary."""
    content = json.loads(as_json(summary))
    assert summary.risk is not None
    auc = summary.risk.pooled.measures[MODEL].auc
    assert content["risk"]["pooled"]["measures"][MODEL]["auc"] == dataclasses.asdict(auc)
    assert content["data"]["reviews"] == summary.data.reviews
    assert content["first"] == summary.first.isoformat()
    assert content["office"] == {"en": "Test office", "zh": "测试院"}
    front = content["front_page"]
    assert [one["code"] for one in front] == [line.code for line in front_page(summary)]
    assert [one["code"] for one in content["findings"]] == [one.code for one in findings(summary)]
    notes = [*front, *content["notes"]]
    assert all(note[language] for note in notes for language in languages())


def test_json_has_no_number_that_is_none(summary: ReportSummary) -> None:
    """What is infinite or not a number is null: every parser can read the file."""
    share = dataclasses.replace(summary.influences[0], share=float("nan"))
    content = json.loads(as_json(dataclasses.replace(summary, influences=(share,))))
    assert content["influences"][0]["share"] is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_card_says_what_nobody_has_filled_in(summary: ReportSummary, language: Language) -> None:
    """Every field that neither data nor office file fills stands there as not filled in."""
    card, missing = model_card(summary, language), say(NOT_FILLED, language)
    for name, where in UNFILLED:
        assert f"| {say(name, language)} | {where} | {missing} |" in card
    assert card.count(f"| {missing} |") == len(UNFILLED)


def test_card_is_made_of_the_summary(summary: ReportSummary) -> None:
    """Purpose, oversight, data, performance, limits and versions come from the summary."""
    card = model_card(summary, "en")
    assert summary.risk is not None
    auc = summary.risk.pooled.measures[MODEL].auc
    assert str(interval(auc)) in card
    assert f"| {summary.data.cases:,} |" in card
    titles = [say(section.title, "en") for section in sections(summary)]
    for begin in (
        "Purpose and intended users",
        "Human oversight",
        "Data, making and limits",
        "Groups of cases",
        "What changed",
        "Versions and changes",
        "Logging and replay",
    ):
        assert any(title.startswith(begin) for title in titles)
    assert all(f"## {escaped(title)}" in card for title in titles)
    assert "lightgbm" in card
    assert summary.data.data_hash in card


def test_card_of_a_model_for_new_cases_says_nothing_of_reviews(summary: ReportSummary) -> None:
    """Without a risk model no purpose, oversight or workload of one is claimed."""
    card = dataclasses.replace(summary.card, risk=None)
    asked = {"complexity": summary.performance["complexity"]}
    bare = dataclasses.replace(summary, card=card, risk=None, performance=asked, notes=())
    text = model_card(bare, "en")
    assert escaped(str(OVERSIGHT_COMPLEXITY)) in text
    assert "know the facts of a case at intake only" in text
    assert escaped(str(OVERSIGHT_RISK)) not in text
    assert "The model does not know who handled a case" not in text


def test_tables_of_the_card_are_whole(summary: ReportSummary) -> None:
    """Each line of a table has as many cells as its head, whatever its cells hold."""
    odd = dataclasses.replace(summary.card.inputs[0], name="a|b", meaning=Text(en="x\n| y"))
    card = dataclasses.replace(summary.card, inputs=(odd,))
    text = model_card(dataclasses.replace(summary, card=card), "en")
    for table in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.strip().splitlines()}
        assert len(cells) == 1, table


def test_card_shows_hostile_text_as_text(summary: ReportSummary) -> None:
    """Markup in the office file cannot become markup of the card."""
    text = model_card(summary, "en")
    assert HOSTILE not in text
    assert escaped(HOSTILE) in text
    assert not re.search(r"(?<!\\)<", text)


def test_withheld_figures_say_why_in_the_card(summary: ReportSummary) -> None:
    """A figure that is withheld is words in the card, as in the report."""
    assert summary.risk is not None
    held = Figure(None, None, None, 3, "too_few")
    pooled = summary.risk.pooled
    measures = {name: dataclasses.replace(one, auc=held) for name, one in pooled.measures.items()}
    answer = dataclasses.replace(
        summary.risk, pooled=dataclasses.replace(pooled, measures=measures)
    )
    assert "withheld: too few" in model_card(dataclasses.replace(summary, risk=answer), "en")
