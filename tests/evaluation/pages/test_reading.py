"""The page of the reading report: whole, escaped, and in the reader's language."""

from __future__ import annotations

import pytest

from cases.tables.report import ReadingReport
from evaluation.pages.reading import columns, render_reading, sample
from tests.factories.files import FILES, load, write
from tests.factories.office import office

CASES = FILES["cases.csv"].replace("a,2024", "<b>a</b>,2024").replace(",x,1", ",NULL,\uff11")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> ReadingReport:
    """How an office with a word for blank, a full-width digit and a hostile id was read."""
    files = {
        "cases.csv": CASES,
        "events.csv": FILES["events.csv"].replace("\na,", "\n<b>a</b>,"),
        "reviews.csv": FILES["reviews.csv"].replace("\na,", "\n<b>a</b>,"),
        "recusals.csv": FILES["recusals.csv"].replace("h1,a,", "h1,b,"),
    }
    read = load(write(tmp_path_factory.mktemp("office"), **files)).report
    assert read is not None
    return read


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_has_every_table_and_no_markup_of_theirs(
    report: ReadingReport, language: str
) -> None:
    """Warnings first; what stands in a cell is text."""
    page = render_reading(report, office().office.name, language)
    assert all(f"{table.name}.csv" in page for table in report.tables)
    assert "<b>a</b>" not in page
    assert "&lt;b&gt;a&lt;/b&gt;" in page
    assert page.index("NULL") < page.index("<h3>")


def test_what_was_done_stands_in_a_sentence(report: ReadingReport) -> None:
    """Column by column, with counts; nothing where nothing was done."""
    done = {str(row[0]): str(row[-1]) for row in columns(report.tables[0]).rows}
    assert done["suspects"] == "With full-width letters, read as the usual ones: 1."
    assert done["opened_at"] == "Dates such as 2024-01-01 (1), 2024-01-02T09:00 (1)."
    assert done["kind"] == "–"


def test_a_narrow_sample_says_what_it_leaves_out(report: ReadingReport) -> None:
    """A terminal shows the first columns."""
    narrow = sample(report.tables[0], most_columns=3)
    assert [str(name) for name in narrow.head] == ["row", "case_id", "opened_at"]
    assert str(narrow.note) == "Further columns: 4."
