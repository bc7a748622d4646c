"""A report that is kept for the pages: read back as it was written, and as it was recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cases.language.catalogues import languages
from cases.language.messages import say
from cli.files.report import keep_report
from evaluation.report.chapters import quality
from evaluation.report.front import front_page
from evaluation.report.summary import ReportSummary
from ledger.records import Kind, Record
from serving.kept.folders import file_hashes
from serving.kept.home.reports import REPORTS, SHOWN, last_report
from serving.use_cases.recording.records import report_record
from tests.evaluation.conftest import bundle, summary, tables, tested

__all__ = ["bundle", "summary", "tables", "tested"]
UNTIL = datetime(2024, 12, 31)
OFFICE = "Test office"


def recorded(files: list[Path]) -> Record:
    """The record of a report with these files."""
    entry = report_record(file_hashes(files), "0" * 64, "0" * 64)
    return Record.after(None, Kind.REPORT, entry.content, datetime.now(UTC))


def test_pages_show_what_the_report_says(summary: ReportSummary, tmp_path: Path) -> None:
    """Every sentence of the front page and every table of the office, in every language."""
    record = recorded(keep_report(summary, UNTIL, tmp_path))
    found = last_report(tmp_path, OFFICE, [record])
    assert found is not None
    exhibits = quality.chapter(summary).exhibits
    for language in languages():
        assert [one.say(language) for part in found.shown.front for one in part.says] == [
            line.says.say(language) for line in front_page(summary)
        ]
        for kept, shown in zip(found.shown.quality, exhibits, strict=True):
            again = kept.exhibit
            assert [[say(cell, language) for cell in row] for row in again.rows] == [
                [say(cell, language) for cell in row] for row in shown.rows
            ]
            assert (again.picture is None) == (shown.picture is None)
            if shown.picture is not None and again.picture is not None:
                assert again.picture.ends == shown.picture.ends
        page = found.page(language)
        assert page is not None
        assert page.startswith(b"<!DOCTYPE html>")
    assert (found.shown.until, found.languages) == (UNTIL, sorted(languages()))


def test_the_newest_recorded_one_of_this_office_counts(
    summary: ReportSummary, tmp_path: Path
) -> None:
    """One that was not recorded, or is of another office, is as if not there."""
    first = recorded(keep_report(summary, UNTIL, tmp_path))
    files = keep_report(summary, UNTIL, tmp_path)
    found = last_report(tmp_path, OFFICE, [first])
    assert found is not None
    assert found.record == first
    (files[0].parent / SHOWN).write_text("{}", "utf-8")
    assert last_report(tmp_path, "Another office", [first]) is None
    assert last_report(tmp_path, OFFICE, []) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[1]", b'{"format": 2}', b"{" * 9_999])
def test_a_file_that_is_no_report_is_passed_over(content: bytes, tmp_path: Path) -> None:
    """Whatever stands in it, even where its hash is recorded."""
    folder = tmp_path / REPORTS / "one"
    folder.mkdir(parents=True)
    (folder / SHOWN).write_bytes(content)
    assert last_report(tmp_path, OFFICE, [recorded([folder / SHOWN])]) is None
