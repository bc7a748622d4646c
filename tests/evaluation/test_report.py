"""The report: its values, its words, and the page in a real browser."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cases.office import Language
from cases.tables import Tables
from evaluation import charts
from evaluation.answers import FEWEST, shown_figures
from evaluation.backtest import MODEL, Backtest, PeriodFigures
from evaluation.metrics import Figure, auc_gain, measure
from evaluation.notes import Note
from evaluation.render import _phrases, shown, speaker
from evaluation.report import ReportSummary, summarise
from evaluation.report_page import render
from evaluation.reviewers import Agreement, Reviewers, Severity
from models.bundle import Bundle
from tests.evaluation.conftest import HOSTILE

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@pytest.fixture(scope="session")
def summary(tables: Tables, bundle: Bundle, tested: Backtest) -> ReportSummary:
    """The summary of the small office's report."""
    return summarise(tables, bundle, tested)


def test_counts_what_is_known_and_what_is_not(summary: ReportSummary, tables: Tables) -> None:
    """Reviewed and unknown cases make up the reviewable ones; a review counts for its case."""
    data = summary.data
    assert data.cases == data.closed == data.reviewable == 800
    assert data.reviewed == data.reviews == data.drawn == tables.review_rows.height
    assert data.unknown == 800 - data.reviewed


def test_influences_are_shares_in_falling_order(summary: ReportSummary) -> None:
    """Groups of features are ranked by their share of all contributions."""
    shares = [one.share for one in summary.influences]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-9
    assert summary.influences[0].meaning.en == HOSTILE  # suspects drive the made-up risk


def test_unknown_cases_and_handlers_are_spoken_of(summary: ReportSummary) -> None:
    """The notes say that unknown is not good, and whether the handler counts."""
    codes = [note.code for note in summary.notes]
    assert codes[:3] == ["estimates_reviews", "unknown", "handler_unused"]
    assert "targeted" not in codes


def test_targeted_reviews_are_owned_up_to(tables: Tables, bundle: Bundle, tested: Backtest) -> None:
    """Reviews without a recorded chance of being chosen get a warning with their number."""
    reviews = tables.review_rows
    unknown = reviews.with_columns(inclusion_probability=None).cast(reviews.schema)
    changed = Tables.of(tables.office, tables.case_rows, events=tables.event_rows, reviews=unknown)
    notes = summarise(changed, bundle, tested).notes
    count = reviews.height
    assert Note("targeted", {"reviews": count, "without": count}) in notes


@pytest.mark.parametrize(("positives", "held"), [(FEWEST - 1, True), (FEWEST, False)])
def test_small_samples_are_withheld(positives: int, held: bool) -> None:
    """With fewer than ten cases of an outcome only the rate is given, with its interval."""
    y = [1] * positives + [0] * 50
    p = [i / 100 for i in range(len(y))]
    measures, gain = {MODEL: measure(y, p), "base_rate": measure(y, p)}, auc_gain(y, p, p)
    found = shown_figures(PeriodFigures("2024", measures, {"base_rate": gain}))
    assert (found.measures[MODEL].auc.absent == "too_few") == held
    assert (found.gains["base_rate"].absent == "too_few") == held
    assert found.measures[MODEL].base_rate == measures[MODEL].base_rate


def test_backtest_without_outcomes_still_reports(
    tables: Tables, bundle: Bundle, tested: Backtest
) -> None:
    """Where nothing could be tested the report says so."""
    untested = dataclasses.replace(tested, risk=None, complexity=None)
    summary = summarise(tables, bundle, untested)
    assert Note("no_backtest") in summary.notes
    assert "Not tested" in render(summary, "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_complexity_alone(
    tables: Tables, bundle: Bundle, tested: Backtest, language: Language
) -> None:
    """A bundle without a risk model is reported on by its complexity, and says what it lacks."""
    without = dataclasses.replace(bundle, risk=None)
    summary = summarise(tables, without, dataclasses.replace(tested, risk=None))
    codes = [note.code for note in summary.notes]
    assert "no_risk" in codes
    assert "no_backtest" not in codes
    assert (summary.influences, summary.card.risk) == ((), None)
    html = render(summary, language)
    assert speaker(language)("complexity") in html
    assert speaker(language)("no_risk_model") in html


def test_no_chart_of_nothing(summary: ReportSummary) -> None:
    """Where the AUC of every period is withheld, its chart is left out."""
    assert summary.complexity is not None
    y, p = [1, 0, 0], [0.3, 0.2, 0.1]
    one = {name: measure(y, p) for name in summary.complexity.estimators}
    few = shown_figures(PeriodFigures("2024", one, {}))
    answer = dataclasses.replace(summary.complexity, years=(few,), periods=(few,))
    caption = "Up: AUC;"
    html = render(dataclasses.replace(summary, complexity=answer, risk=None), "en")
    assert caption not in html
    assert caption in render(summary, "en")


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "cannot be told apart"), ("zh", "无法区分评查员的宽严")]
)
def test_one_reviewer_to_a_case_is_owned_up_to(
    summary: ReportSummary, language: Language, sentence: str
) -> None:
    """Without cases graded twice the report says that severity cannot be told, with no figure."""
    assert not summary.reviewers.told
    assert sentence in render(summary, language)
    assert speaker(language)("severity_log_odds") not in render(summary, language)


def test_reviewers_are_listed_with_intervals(summary: ReportSummary) -> None:
    """Where it can be told, each reviewer has a figure with its interval, or none and why."""
    told = Severity("R1", Figure(0.3, 0.1, 0.5, 40))
    held = Severity(HOSTILE, Figure(None, None, None, 3, "too_few"))
    agreed = Agreement(43, *[Figure(0.8, 0.7, 0.9, 43)] * 3)
    found = dataclasses.replace(summary, reviewers=Reviewers(agreed, (told, held), told=True))
    html = render(found, "en")
    assert '0.300 <span class="together">(0.100–0.500)</span>' in html
    assert "withheld: too few" in html
    assert "cannot be told apart" not in html
    assert HOSTILE not in html


class Page(HTMLParser):
    """Collects tags and every address a page could load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.language: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and its addresses."""
        self.tags.append(tag)
        self.language = dict(attrs).get("lang", self.language)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]


@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("zh", "zh-Hans")])
def test_page_is_self_contained_and_escaped(
    summary: ReportSummary, language: Language, lang: str
) -> None:
    """A page loads nothing, runs nothing, says its language and shows hostile text as text."""
    html = render(summary, language)
    page = Page(html)
    assert page.language == lang
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    assert all(re.match(r"data:image/svg\+xml;base64,|#\w+$", one) for one in page.addresses)
    assert not re.search(r"https?://|url\(|@import", html)
    assert "&lt;script&gt;alert" in html


def test_same_summary_same_bytes(summary: ReportSummary) -> None:
    """Rendering is a pure function: the same summary gives the same file."""
    assert render(summary, "zh") == render(summary, "zh")


def test_charts_carry_no_fonts_and_no_date(summary: ReportSummary) -> None:
    """An SVG has its letters as paths and nothing of the day it was drawn."""
    assert summary.risk is not None
    svg = charts.reliability(summary.risk.calibration)
    assert "<text" not in svg
    assert "<dc:date>" not in svg
    assert svg == charts.reliability(summary.risk.calibration)


def test_charts_leave_gaps_for_withheld_figures(summary: ReportSummary) -> None:
    """Periods without figures are gaps in the lines, not errors."""
    assert summary.risk is not None
    y, p = [1, 0, 0], [0.3, 0.2, 0.1]
    few = shown_figures(PeriodFigures("2030", {MODEL: measure(y, p)}, {}))
    periods = (*summary.risk.periods, few)
    assert charts.over_time(periods, (MODEL,), lambda found: found.auc).startswith("<?xml")
    assert charts.expected_and_observed(periods).startswith("<?xml")
    assert charts.reliability(()).startswith("<?xml")


def test_every_phrase_has_both_languages_and_the_same_places() -> None:
    """No phrase is missing a language, nor a number that the other language gives."""
    for key, phrase in _phrases().items():
        assert set(phrase) == {"en", "zh"}, key
        places = [sorted(set(re.findall(r"\{(\w+)", text))) for text in phrase.values()]
        assert places[0] == places[1], key


def test_chinese_phrases_have_chinese_punctuation() -> None:
    """No phrase mixes half-width marks into Chinese, the numbers' own places apart."""
    for key, phrase in _phrases().items():
        assert not re.search(r"[,;:()?!]", re.sub(r"\{[^}]*\}", "", phrase["zh"])), key


def test_parts_of_a_count_are_set_in(summary: ReportSummary) -> None:
    """What is a part of the count above it stands further in."""
    html = render(summary, "en")
    parts = re.findall(r'<th scope="row">\u2003(.*?)</th>', html)
    assert parts == ["closed", "reviewed", "unknown", "with a recorded chance of being chosen"]


def test_the_dash_of_an_interval_is_no_minus() -> None:
    """An interval that begins below nought has spaces around its dash."""
    assert shown(Figure(-0.8, -1, -0.5, 5), False, speaker("en")) == "-0.800 (-1.000 – -0.500)"


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(None, None, None, 0, "no_cases"), "no cases"),
        (Figure(None, None, None, 5, "one_class"), "one outcome only"),
        (Figure(None, None, None, 5, "too_few"), "withheld: too few"),
        (Figure(0.5, 0.25, 0.75, 5), "50.0 % (25.0–75.0)"),
    ],
)
def test_absent_figures_say_why(figure: Figure, words: str) -> None:
    """A figure is shown with its interval, or with the reason why there is none."""
    assert shown(figure, True, speaker("en")) == words


@pytest.fixture(scope="module")  # while it is open, its event loop bars asyncio from this thread
def browser() -> Iterator[Any]:
    """A real browser, or a skip that says what is missing; in CI it must be there."""
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip(f"no browser at {CHROMIUM}; install chromium to run this test")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
def test_opens_in_a_browser(
    summary: ReportSummary, browser: Any, tmp_path: Path, language: Language, width: int
) -> None:
    """On a desk and on a phone: no sideways scrolling, no complaints, every chart drawn."""
    file = tmp_path / "report.html"
    file.write_text(render(summary, language), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 1280:  # on a desk whole tables are seen; on a phone they may scroll by themselves
        tables = "[...document.querySelectorAll('.wide')]"
        assert page.evaluate(f"{tables}.every(one => one.scrollWidth <= one.clientWidth)")
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert complaints == []
    page.close()
