"""The report: its values, its words, and the page in a real browser."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest
from markupsafe import escape

from cases.language.catalogues import Language, languages
from cases.language.messages import say
from cases.language.texts import Text
from cases.tables.tables import Tables
from evaluation.backtests.answers import FEWEST, answer, shown_figures
from evaluation.backtests.backtest import MODEL, Backtest, PeriodFigures, backtest
from evaluation.backtests.strata import Within
from evaluation.pages import charts
from evaluation.pages.cells import interval, share_interval
from evaluation.pages.drawing import Chart
from evaluation.pages.exhibits import Exhibit
from evaluation.pages.names import FIGURES
from evaluation.quality.reviewers import Agreement, Reviewers, ReviewerSeverity
from evaluation.report.chapters.heads import NO_RISK_MODEL
from evaluation.report.chapters.ranking import TITLES
from evaluation.report.chapters.reviewers import SEVERITY
from evaluation.report.chapters.reviewers import chapter as reviewers_chapter
from evaluation.report.model_card import model_card
from evaluation.report.page import Report, chapters, compose, render
from evaluation.report.summary import ReportSummary, summarise
from evaluation.statistics.metrics import Figure, auc_gain, measure
from evaluation.surveys.anchoring import Anchoring
from models.bundle.bundle import Bundle
from tests.factories.small_office import HOSTILE, without, without_reviews
from training.run import train


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
    assert say(summary.influences[0].meaning, "en") == HOSTILE  # suspects drive the made-up risk


def test_unknown_cases_and_handlers_are_spoken_of(summary: ReportSummary) -> None:
    """The notes say that unknown is not good, and whether the handler counts."""
    codes = [note.code for note in summary.notes]
    assert codes[:3] == ["estimates_reviews", "unknown", "load_used"]
    assert "targeted" not in codes


def test_targeted_reviews_are_pointed_out(tables: Tables, bundle: Bundle, tested: Backtest) -> None:
    """Reviews without a recorded inclusion probability get a warning with their number."""
    reviews = tables.review_rows
    unknown = reviews.with_columns(inclusion_probability=None).cast(reviews.schema)
    changed = Tables.of(tables.office, tables.case_rows, events=tables.event_rows, reviews=unknown)
    notes = summarise(changed, bundle, tested).notes
    count = reviews.height
    targeted = next(note for note in notes if note.code == "targeted")
    assert f"{count:,} of {count:,} reviews" in say(targeted.says, "en")


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


@pytest.mark.parametrize(("positives", "held"), [(FEWEST - 1, True), (FEWEST, False)])
def test_a_small_calibration_table_is_withheld(
    tested: Backtest, positives: int, held: bool
) -> None:
    """With fewer than ten cases of an outcome no group of probabilities is shown."""
    assert tested.risk is not None
    scores = tested.risk.scores
    y = [1] * positives + [0] * (scores.height - positives)
    pooled = PeriodFigures("", {MODEL: measure(y, scores[MODEL].to_numpy())}, {})
    few = scores.with_columns(y=pl.Series(y, dtype=pl.Int8))
    found = answer(dataclasses.replace(tested.risk, scores=few, pooled=pooled))
    assert found is not None
    assert (found.calibration == ()) == held


def test_backtest_without_outcomes_still_reports(
    tables: Tables, bundle: Bundle, tested: Backtest
) -> None:
    """Where nothing could be tested the report says so."""
    untested = dataclasses.replace(tested, risk=None, complexity=None)
    summary = summarise(tables, bundle, untested)
    assert "no_backtest" in [note.code for note in summary.notes]
    assert "Not tested" in render(compose(summary), "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_complexity_alone(
    tables: Tables, bundle: Bundle, tested: Backtest, language: Language
) -> None:
    """A bundle without a risk model is reported on by its complexity, and says what it lacks."""
    bare = without(bundle, risk="none")
    summary = summarise(tables, bare, dataclasses.replace(tested, risk=None))
    codes = [note.code for note in summary.notes]
    assert "no_risk" in codes
    assert "no_backtest" not in codes
    assert (summary.influences, summary.card.risk) == ((), None)
    html = render(compose(summary), language)
    assert TITLES["complexity"].say(language) in html
    assert NO_RISK_MODEL.say(language) in html


def test_no_chart_of_nothing(summary: ReportSummary, pages: dict[Language, str]) -> None:
    """Where the AUC of every period is withheld, its chart is left out."""
    assert summary.complexity is not None
    y, p = [1, 0, 0], [0.3, 0.2, 0.1]
    one = {name: measure(y, p) for name in summary.complexity.estimators}
    few = shown_figures(PeriodFigures("2024", one, {}))
    answer = dataclasses.replace(summary.complexity, years=(few,), periods=(few,))
    axis = "AUC of the model, with 95% interval"
    html = render(compose(dataclasses.replace(summary, complexity=answer, risk=None)), "en")
    assert axis not in html
    assert axis in pages["en"]


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "cannot be separated"), ("zh", "无法区分评查员的宽严")]
)
def test_one_reviewer_to_a_case_is_pointed_out(
    summary: ReportSummary, pages: dict[Language, str], language: Language, sentence: str
) -> None:
    """Without cases graded twice the report says that severity cannot be told, with no figure."""
    assert not summary.reviewers.separable
    assert sentence in pages[language]
    assert SEVERITY.say(language) not in pages[language]


def test_how_much_of_the_ranking_is_who_reviews_is_said(
    summary: ReportSummary, pages: dict[Language, str]
) -> None:
    """One sentence with both lifts, of all cases and of one reviewer's; or why there is none."""
    assert "times among cases of the same reviewer" in pages["en"]
    without = dataclasses.replace(summary, performance={})
    unknown = "How much of the ranking is who reviews cannot be said: too few later cases"
    assert unknown in reviewers_chapter(without).lead.say("en")
    lifts = Figure(3.0, 2.5, 3.5, 500), Figure(2.0, 1.5, 2.5, 500)
    within = Within(
        "reviewer", 5, 500, 0, lifts[0], lifts[0], lifts[1], lifts[1], True, False, SEVERITY
    )
    risk = dataclasses.replace(summary.performance["risk"], within=(within,))
    known = dataclasses.replace(summary, performance={"risk": risk})
    lead = reviewers_chapter(known).lead.say("en")
    assert lead.endswith(
        "The top of the list held 3.0 (2.5 to 3.5) times the defects of a random choice, and "
        "2.0 (1.5 to 2.5) times among cases of the same reviewer: 50% (25% to 75%) of what it "
        "gains is who reviews, or which cases each reviewer was given."
    )


def test_reviewers_are_listed_with_intervals(summary: ReportSummary) -> None:
    """Where it can be told, each reviewer has a figure with its interval, or none and why."""
    told = ReviewerSeverity("R1", Figure(0.3, 0.1, 0.5, 40))
    held = ReviewerSeverity(HOSTILE, Figure(None, None, None, 3, "too_few"))
    agreed = Agreement(43, *[Figure(0.8, 0.7, 0.9, 43)] * 3)
    spread = Figure(0.4, 0.2, 0.7, 5)
    likeness = {"case": -0.12, "subject": 0.21}
    reviewers = Reviewers(agreed, (told, held), True, spread, likeness, by_subject=True)
    found = dataclasses.replace(summary, reviewers=reviewers)
    html = render(compose(found), "en")
    assert '0.30 <wbr><span class="together">(0.10 to 0.50)</span>' in html
    assert "withheld: too few" in html
    assert "cannot be separated" not in html
    assert "Two in three reviewers lie within" in html
    assert "How alike cases of the same subject are: 0.21" in html
    assert "How alike two readings of the same case are: 0.00" in html
    assert HOSTILE not in html


def test_how_far_the_risk_influences_grades_is_shown(
    summary: ReportSummary, pages: dict[Language, str]
) -> None:
    """With its intervals, and how many cases departed from the draw; nothing without a draw."""
    assert summary.anchoring is None
    assert "influence grades" not in pages["en"]
    slope, level = Figure(0.3, 0.1, 0.5, 400), Figure(-0.01, -0.05, 0.03, 400)
    influence = Anchoring(190, 210, 3, slope, level)
    html = render(compose(dataclasses.replace(summary, anchoring=influence)), "en")
    assert "Showing it pulls grades towards it: with each 10 points of risk" in html
    assert '3.0% <wbr><span class="together">(1.0% to 5.0%)</span>' in html
    assert "3 of the cases were graded otherwise than drawn" in html
    none = dataclasses.replace(influence, otherwise=0, slope=Figure(0.1, -0.1, 0.3, 400))
    html = render(compose(dataclasses.replace(summary, anchoring=none)), "zh")
    assert "otherwise than drawn" not in html


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
    pages: dict[Language, str], language: Language, lang: str
) -> None:
    """A page loads nothing, runs nothing, says its language and shows hostile text as text."""
    html = pages[language]
    page = Page(html)
    assert page.language == lang
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    assert all(re.match(r"#[\w-]+$", one) for one in page.addresses)
    assert not re.search(r"https?://|url\((?!#)|@import", html)
    assert "&lt;script&gt;alert" in html


def test_same_summary_same_bytes(summary: ReportSummary, pages: dict[Language, str]) -> None:
    """Rendering is a pure function: the same summary gives the same file."""
    assert render(compose(summary), "zh") == pages["zh"]


def test_languages_share_one_computation(
    summary: ReportSummary, pages: dict[Language, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chapters, their tables and their charts are made once for all languages."""
    made: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def count(*values: Any, **named: Any) -> Any:
            made[name] += 1
            return function(*values, **named)

        return count

    monkeypatch.setattr(Exhibit, "__init__", counted("tables", Exhibit.__init__))
    monkeypatch.setattr(Chart, "__init__", counted("charts", Chart.__init__))
    report = compose(summary)
    once = dict(made)
    assert once["tables"] == sum(len(chapter.exhibits) for chapter in report.chapters)
    for language in ("en", "zh"):
        assert render(report, language) == pages[language]
    assert made == once


def test_a_language_without_a_catalogue_has_its_numbers(report: Report) -> None:
    """Words stay English where nobody translated them; numbers and the page's tag do not."""
    html = render(report, "de")
    assert '<html lang="de">' in html
    assert "Model audit report" in html
    assert re.search(r"\d,\d\s?%", html)


def test_charts_carry_names_and_figures(report: Report, pages: dict[Language, str]) -> None:
    """Each line of each chart stands in the page by name, with its figure beside it."""
    influences = next(one for one in report.chapters if one.key == "influences").exhibits[0]
    assert influences.picture is not None
    assert len(influences.picture.lines) == len(influences.rows)
    for language, html in pages.items():
        for line in influences.picture.lines:
            assert f"<bdi>{escape(say(line.name, language))}</bdi>" in html


def test_charts_leave_gaps_for_withheld_figures(summary: ReportSummary) -> None:
    """Periods without figures keep their line and say why; too few figures are no chart."""
    assert summary.risk is not None
    y, p = [1, 0, 0], [0.3, 0.2, 0.1]
    few = shown_figures(PeriodFigures("2030", {MODEL: measure(y, p)}, {}))
    periods = (*summary.risk.periods, few)
    chart = charts.ranking(periods, FIGURES["auc"].head)
    assert chart is not None
    assert say(chart.lines[-1].said, "en") == "withheld: too few"
    assert chart.lines[-1].figure.value is None
    assert charts.expected_and_found(periods) is not None
    assert charts.ranking((few,) * 9, FIGURES["auc"].head) is None


def test_parts_of_a_count_are_set_in(pages: dict[Language, str]) -> None:
    """What is a part of the count above it stands further in."""
    parts = re.findall(r'<th scope="row"[^>]*>\u2003(.*?)</th>', pages["en"])
    assert parts == [
        "with their hours recorded",
        "closed",
        "reviewed",
        "unknown",
        "with a recorded inclusion probability",
    ]


def test_the_dash_of_an_interval_is_no_minus() -> None:
    """An interval that begins below zero has spaces around its dash."""
    assert str(interval(Figure(-0.8, -1, -0.5, 5))) == "-0.80 (-1.00 to -0.50)"


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(None, None, None, 0, "no_cases"), "no cases"),
        (Figure(None, None, None, 5, "one_class"), "one outcome only"),
        (Figure(None, None, None, 5, "too_few"), "withheld: too few"),
        (Figure(0.5, 0.25, 0.75, 5), "50% (25% to 75%)"),
    ],
)
def test_absent_figures_say_why(figure: Figure, words: str) -> None:
    """A figure is shown with its interval, or with the reason why there is none."""
    assert str(share_interval(figure)) == words


def test_every_picture_has_its_sentence_and_its_table(pages: dict[Language, str]) -> None:
    """A picture says in words what it shows; its figures stand beneath it or in the annex."""
    for html in pages.values():
        articles = re.findall(r"<article>(.*?)</article>", html, re.DOTALL)
        tables = dict(re.findall(r'<article id="(table-[\w-]+)">(.*?)</article>', html, re.DOTALL))
        pictured = [one for one in articles if "<figure" in one]
        assert len(pictured) > 5
        for one in articles:
            assert re.search(r'<p class="says">[^<]*\w', one)
        for one in pictured:
            there = re.search(r'href="#(table-[\w-]+)"', one)
            assert (tables[there[1]] if there else one).count("<table>") == 1
            assert '<li class="axis">' in one
            assert one.index("<figure") < one.index('class="says"')
        assert html.count("<figure") == len(pictured)


def test_every_row_has_a_cell_per_column(summary: ReportSummary) -> None:
    """No table has a row longer or shorter than its head."""
    for chapter in chapters(summary):
        assert all(say(chapter.lead, language) for language in languages())
        for one in chapter.exhibits:
            assert {len(row) for row in one.rows} <= {len(one.head)}


def test_very_long_names_break(summary: ReportSummary, bundle: Bundle) -> None:
    """A name of a thousand letters, markup or a formula stands in the page as text."""
    for name in ("x" * 1000, "=HYPERLINK(1)", "<b>&amp;</b>"):
        said = Text(en=name)
        influence = dataclasses.replace(summary.influences[0], meaning=said)
        changed = dataclasses.replace(summary, office=said, influences=(influence,))
        html = render(compose(changed), "en")
        assert "<b>" not in html
        assert ("&lt;b&gt;&amp;amp;" in html) == name.startswith("<")


def test_an_office_with_nothing_is_reported_on(tables: Tables) -> None:
    """Without reviews, plans or groups every chapter is there and says what is missing."""
    bare = without_reviews(500)
    until = datetime(2024, 12, 31)
    bundle = train(bare, until)
    tried = backtest(
        bare, first=date(2024, 4, 1), last=date(2024, 6, 30), until=until, retrain="quarter"
    )
    summary = summarise(bare, bundle, tried)
    missing = {
        "risk": "No model of risk is in use yet",
        "influences": "No model of risk is in use yet",
        "fairness": "No model of risk is in use yet",
        "reviewers": "The tables hold no reviews",
        "people": "No plan was given to this report",
        "gate": "The registry lists no version",
    }
    report = compose(summary)
    by_key = {chapter.key: chapter for chapter in report.chapters}
    for key, begin in missing.items():
        assert say(by_key[key].lead, "en").startswith(begin)
        assert by_key[key].exhibits == ()
    for language in languages():
        assert "<table>" in render(report, language)
        assert NO_RISK_MODEL.say(language) in model_card(summary, language)
