"""The office files in `docs/your_office.md` can be read as they stand, with tables as they say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories.files import load

TODAY = datetime.now(UTC).date()
PAGE = Path(__file__).parents[3] / "docs" / "your_office.md"
FILES = {
    "Train, and draw the first plan": {
        "cases.csv": "case_id,opened_at,closed_at,unit,shelf,address\n"
        "1,2024-01-02,2024-02-01,u1,A7,Mill Lane",
    },
    "A register with years only": {
        "register.csv": "number,received,decided,matter\n1,2019,2021,aid\n2,2020,,aid\n"
        f"3,{TODAY.year},{TODAY.year},aid",
    },
    "Outcomes instead of reviews": {
        "cases.csv": "case_id,opened_at,closed_at,reversed\n"
        "1,2024-01-02,2024-02-01,yes\n2,2024-01-02,2024-03-01,no\n3,2024-01-02,,",
    },
    "Inspections not yet made": {
        "visits.csv": "visit,planned,due,trade,complaints\n1,2024-01-02,2024-02-01,bakery,2\n"
        f"2,{TODAY},{TODAY + timedelta(days=30)},bar,0",
        "results.csv": "visit,visited,inspector,result\n1,2024-02-09,i1,failed",
    },
    "Several accused in a case": {
        "accused.csv": "case_number,received,closed,charge,detained\n"
        "1,2024-01-02,2024-02-01,theft,yes\n1,2024-01-02,2024-02-05,fraud,no\n"
        "2,2024-01-03,2024-02-01,theft,no\n2,2024-01-03,,theft,no\n3,2024-01-03,,theft,no",
    },
    "Appeal courts": {
        "judgments.csv": "docket,filed,judged,chamber\n1,2024-01-02,2024-02-01,I\n2,2024-01-02,,I",
        "appeals.csv": "docket,decided,result\n1,2024-05-01,amended",
    },
    "Complaint bodies": {
        "complaints.csv": "number,received,closed,investigator,recommended,decided\n"
        "1,2024-01-02,2024-02-01,h1,SU,NS\n2,2024-01-02,2024-02-01,h2,NS,NS\n3,2024-01-05,,h1,,",
    },
}
# Cases, closed ones, reviews, defects.
COUNTS = {
    "Train, and draw the first plan": (1, 1, 0, 0),
    "A register with years only": (3, 1, 0, 0),
    "Outcomes instead of reviews": (3, 2, 2, 1),
    "Inspections not yet made": (2, 0, 1, 1),
    "Several accused in a case": (2, 1, 0, 0),
    "Appeal courts": (2, 1, 1, 1),
    "Complaint bodies": (3, 2, 2, 1),
}


def examples() -> dict[str, str]:
    """The office file under each heading of the page that has one."""
    sections = re.split(r"^#+ (?:\d\. )?(.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    files = {
        title: re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
        for title, text in zip(sections[1::2], sections[2::2], strict=True)
    }
    return {title: file for title, found in files.items() for file in found}


@pytest.mark.parametrize("title", COUNTS)
def test_the_example_reads_what_it_says(title: str, tmp_path: Path) -> None:
    """Cases, closings, reviews and defects are those of the files."""
    (tmp_path / "office.toml").write_text(examples()[title], "utf-8")
    for name, content in FILES[title].items():
        (tmp_path / name).write_text(content + "\n", "utf-8")
    tables = load(tmp_path)
    defects = tables.review_rows["grade"].is_in(list(tables.office.defect_grades)).sum()
    cases = tables.case_rows
    found = (cases.height, cases["closed_at"].count(), tables.review_rows.height, defects)
    assert found == COUNTS[title]
    assert tables.report is not None
    assert "blank in every row" not in str(tables.report.warnings)


def test_every_example_is_tried() -> None:
    """None is added to the page without files here."""
    assert set(examples()) == set(COUNTS)
