"""The report in every form, and what happens where a form cannot be made."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from cases.errors import Refused
from cli.files.report import ENDINGS, report_files, write_report
from evaluation.backtests.backtest import backtest
from evaluation.report.summary import ReportSummary, summarise
from serving.kept import printing
from serving.kept.printing import print_page
from tests.factories.pages import CHROMIUM
from tests.factories.small_office import without_reviews
from training.run import train


@pytest.fixture(scope="module")
def summary() -> ReportSummary:
    """The report of an office without reviews: the smallest there is."""
    tables, until = without_reviews(500), datetime(2024, 12, 31)
    span = {"first": date(2024, 4, 1), "last": date(2024, 5, 31)}
    tried = backtest(tables, **span, until=until, retrain="quarter")
    return summarise(tables, train(tables, until), tried)


@pytest.mark.parametrize(
    ("ending", "begins"), [(".html", "<!DOCTYPE"), (".json", "{"), (".md", "# ")]
)
def test_the_ending_says_the_form(
    summary: ReportSummary, tmp_path: Path, ending: str, begins: str
) -> None:
    """A page, plain values or a model card, in UTF-8 and whole."""
    target = tmp_path / f"report{ending}"
    write_report(summary, {target: "zh"})
    assert ending in ENDINGS
    assert target.read_text("utf-8").startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_other_languages_stand_beside_it(summary: ReportSummary, tmp_path: Path) -> None:
    """One report in several languages: the file that was named, and one a further language."""
    files = report_files(tmp_path / "report.html", "en", ["zh"])
    write_report(summary, files)
    assert [path.name for path in files] == ["report.html", "report.zh.html"]
    for path, language in files.items():
        assert f'<html lang="{language}' in path.read_text("utf-8")


def test_without_a_browser_it_says_what_to_install(
    summary: ReportSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No Chromium, no PDF: refused with what to install and what to do instead."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Refused, match=r"apt install chromium.*print it from any browser"):
        write_report(summary, {tmp_path / "report.pdf": "en"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ends", ["late", "failed", "empty"])
def test_a_browser_that_does_not_print_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """A browser that hangs, fails or writes nothing leaves no file and ends in a sentence."""

    def run(command: list[str], timeout: float, **_: Any) -> None:
        if ends == "late":
            raise subprocess.TimeoutExpired(command, timeout)
        if ends == "failed":
            raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(printing.subprocess, "run", run)
    with pytest.raises(Refused, match="print it from any browser"):
        print_page("<p>", tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_prints_a_pdf(tmp_path: Path) -> None:
    """The installed Chromium prints the page."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; install chromium to run this test")
    target = tmp_path / "report.pdf"
    print_page("<!DOCTYPE html><title>t</title><p>one page", target)
    assert target.read_bytes().startswith(b"%PDF-")
