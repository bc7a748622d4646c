"""One small office, its bundle and its backtest, for all tests that only read them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from cases.language.catalogues import Language, languages
from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest, backtest
from evaluation.report.page import Report, compose, render
from evaluation.report.summary import ReportSummary, summarise
from models.bundle.bundle import Bundle
from tests.factories.pages import ARGUMENTS, CHROMIUM
from tests.factories.small_office import HOSTILE, small_office
from training.run import train


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Eight hundred cases of the made-up office; the meaning of one attribute is hostile."""
    meaning = {"en": HOSTILE, "zh": HOSTILE}
    attributes = {
        "suspects": {"type": "number", "known": "intake", "meaning": meaning},
        "charge": {"type": "code", "known": "intake", "meaning": {"en": "charge", "zh": "罪名"}},
        "appealed": {"type": "flag", "known": "closing", "meaning": {"en": "appealed"}},
    }
    suspects = {"attribute": "suspects", "at_least": 4}
    rule = {"rule_of_thumb": [{"points": 1, "when": [suspects]}]}
    return small_office(800, attributes=attributes, risk=rule)


@pytest.fixture(scope="session")
def tested(tables: Tables) -> Backtest:
    """Its backtest: four months, retrained every quarter."""
    return backtest(
        tables,
        first=date(2024, 4, 1),
        last=date(2024, 7, 31),
        until=datetime(2024, 12, 31),
        every="month",
        retrain="quarter",
    )


@pytest.fixture(scope="session")
def bundle(tables: Tables) -> Bundle:
    """A bundle of that office."""
    return train(tables, datetime(2024, 7, 1))


@pytest.fixture(scope="session")
def summary(tables: Tables, bundle: Bundle, tested: Backtest) -> ReportSummary:
    """The summary of that office's report."""
    return summarise(tables, bundle, tested)


@pytest.fixture(scope="session")
def report(summary: ReportSummary) -> Report:
    """That report, for all languages at once."""
    return compose(summary)


@pytest.fixture(scope="session")
def pages(report: Report) -> dict[Language, str]:
    """That report as a page, by language."""
    return {language: render(report, language) for language in languages()}


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
