"""The workbook of a plan: written so that it can be made again, read back from what people send."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.errors import BadInput, Refused
from evaluation.pages.plan.grade_form import GRADES_FILE
from evaluation.pages.plan.grade_workbook import grade_workbook, is_same_workbook
from policies.spot_check.plan import PlanParameters
from serving.kept.checked import Reader
from serving.kept.grade_form import form_of, plan_named, read_filled
from serving.kept.plan import write_plan
from serving.kept.plan_checks import check_plan
from serving.use_cases.reviewing.grades.filled import filled_in
from serving.use_cases.spot_checks import spot_checks
from tests.serving.kept.forms import AS_OF, a_form, an_office, fill_in, sheets_of, write_sheets

OF = an_office()
FORM = a_form(OF)
BROKEN = Path(__file__).resolve().parents[4] / "shared" / "broken_inputs"
MADE_FROM = {"data_hash": "d", "model": {}, "model_hash": "a" * 64, "code": "0.1.0"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kept plan of the four closed cases."""
    return written(tmp_path / "plan")


def written(folder: Path, language: str = "en") -> Path:
    """The same plan, in a language."""
    asked = {"as_of": AS_OF, "capacity": 4, "seed": "s", "second_share": 0.5}
    result = spot_checks(OF, PlanParameters.of(OF.office, **asked))
    write_plan(result, OF.tables, language, MADE_FROM, folder)
    return folder


def grade(row: dict[str, Any], _number: int) -> None:
    """A grade in each row."""
    row |= {"reviewer": "r7", "date": date(2026, 3, 2), "grade": "good", "hours": 0.5}


def test_the_form_has_a_row_for_each_reading(tmp_path: Path) -> None:
    """As the sheets are numbered; grades and dimensions of the day, and nothing of the risk."""
    path = tmp_path / GRADES_FILE
    path.write_bytes(grade_workbook(FORM))
    guide, grades = sheets_of(path).values()
    assert guide[0][0] == f"Grades of plan {FORM.plan_id}"
    assert {"excellent", "good", "bad", "consolidated grade", "yes"} <= {row[0] for row in guide}
    assert grades[0] == [*FORM.columns.values()]
    assert [row[0] for row in grades[1:]] == [1, 2, 3, 4, 5, 6]
    assert [row[2] for row in grades[1:]] == ["first reading"] * 4 + ["second reading"] * 2
    words = " ".join(str(cell) for sheet in (guide, grades) for row in sheet for cell in row)
    assert not any(word in words for word in ("search", "random", "mandatory", "probab", "%"))


def test_a_blind_office_shows_no_risk() -> None:
    """What the sheets show is in the form already."""
    blind = OF.office.reviews.model_copy(update={"blind": True})
    of = replace(
        OF, tables=replace(OF.tables, office=OF.office.model_copy(update={"reviews": blind}))
    )
    assert {row.risk_shown for row in a_form(of).rows} == {False}
    assert {row.risk_shown for row in FORM.rows} == {True}


def test_the_form_is_made_again(folder: Path) -> None:
    """A workbook in which a cell was changed is found, though the manifest was renewed."""
    kept = (folder / GRADES_FILE).read_bytes()
    assert kept == grade_workbook(FORM)
    assert check_plan(folder, Reader()).differences == ()
    rows = FORM.rows
    other = replace(FORM, rows=(replace(rows[0], case_id="z"), *rows[1:]))
    assert not is_same_workbook(kept, grade_workbook(other))


def test_a_workbook_that_is_packed_otherwise_is_the_same(tmp_path: Path) -> None:
    """Another library packs it; anything that is no workbook is another."""
    kept = grade_workbook(FORM)
    (tmp_path / "one.xlsx").write_bytes(kept)
    with (
        zipfile.ZipFile(tmp_path / "one.xlsx") as one,
        zipfile.ZipFile(tmp_path / "other.xlsx", "w", zipfile.ZIP_STORED) as other,
    ):
        for part in one.infolist():
            other.writestr(part.filename, one.read(part))
    assert is_same_workbook((tmp_path / "other.xlsx").read_bytes(), kept)
    assert not is_same_workbook(kept[: len(kept) // 2], kept)
    assert not is_same_workbook(b"", kept)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_form_of_a_folder_is_read_back(tmp_path: Path, language: str) -> None:
    """From the sheet of grades, whichever language it is in, and the plan is known by its id."""
    form = form_of(written(tmp_path / "plan", language))
    assert form == a_form(OF, language)

    def grade(row: dict[str, Any], _number: int) -> None:
        of = form.headings
        row |= {of["reviewer"]: "r7", of["reviewed_at"]: date(2026, 3, 2)}
        row |= {of["grade"]: form.grades["good"], of["good"]: "=SUM(1)", of["hours"]: 0.5}

    path = fill_in(tmp_path / "plan" / GRADES_FILE, tmp_path / "back.xlsx", grade)
    filled = read_filled(path)
    assert plan_named(filled) == form.plan_id
    found = filled_in(filled, form, OF.office)
    assert (found.faults, found.waiting, len(found.done)) == ([], 0, 6)
    assert {(one.step.grade, one.step.good, one.step.hours) for one in found.done} == {
        ("good", "=SUM(1)", 0.5)
    }


def test_it_may_come_back_as_csv(folder: Path, tmp_path: Path) -> None:
    """As a spreadsheet program exports the sheet."""
    back = sheets_of(fill_in(folder / GRADES_FILE, tmp_path / "back.xlsx", grade))["Grades"]
    texts = [
        [cell.isoformat() if isinstance(cell, date) else str(cell) for cell in row] for row in back
    ]
    schema = dict.fromkeys(texts[0], pl.String)
    pl.DataFrame(texts[1:], schema, orient="row").write_csv(tmp_path / "back.csv", include_bom=True)
    found = filled_in(read_filled(tmp_path / "back.csv"), form_of(folder), OF.office)
    assert (found.faults, len(found.done)) == ([], 6)


def test_an_altered_plan_takes_no_grades(folder: Path) -> None:
    """Its probabilities would weigh them."""
    frame = pl.read_parquet(folder / "frame.parquet")
    frame.with_columns(risk=pl.lit(0.5)).write_parquet(folder / "frame.parquet")
    with pytest.raises(Refused, match="No grades are taken for it"):
        form_of(folder)


def test_what_is_no_form_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Another ending, several sheets of which none is ours, a file that is not there."""
    write_sheets(tmp_path / "two.xlsx", {"one": [["a"]], "two": [["b"]]})
    (tmp_path / "form.parquet").write_bytes(b"PAR1")
    (tmp_path / "torn.xlsx").write_bytes(grade_workbook(FORM)[:3000])
    said = {
        "two.xlsx": "has several sheets: one, two",
        "form.parquet": "has an ending that is not read here. Save it as one of: .xlsx,",
        "torn.xlsx": "is not a whole workbook",
        "none.xlsx": "is not there",
    }
    for name, words in said.items():
        with pytest.raises(BadInput, match=words):
            read_filled(tmp_path / name)


def test_merged_cells_are_a_fault(tmp_path: Path) -> None:
    """Their values would be those of one row alone."""
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Grades")
        sheet.write_row(0, 0, list(FORM.columns.values()))
        sheet.write_row(1, 0, ["1", "a"])
        sheet.write_row(2, 0, ["2", "b"])
        sheet.merge_range(1, 5, 2, 5, "good")
    with pytest.raises(BadInput, match="Split them and fill in every cell"):
        read_filled(path)


@pytest.mark.skipif(not BROKEN.is_dir(), reason="no broken inputs beside the repository")
def test_broken_workbooks_are_refused_with_a_sentence() -> None:
    """None of them is the form of a plan."""
    paths = [path for path in BROKEN.rglob("*") if path.suffix.lower() in {".xlsx", ".xls", ".csv"}]
    assert paths
    for path in paths:
        with pytest.raises(BadInput) as refused:
            filled_in(read_filled(path), FORM, OF.office)
        assert all(str(fault.problem) and str(fault.remedy) for fault in refused.value.faults)


IDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30
)


@given(
    st.lists(
        IDS | st.sampled_from(["_x0041_", "=1+1", "'a", "0012", "1e5", "{=A1}"]),
        min_size=2,
        max_size=5,
        unique=True,
    )
)
@settings(max_examples=40)
def test_any_id_survives_a_spreadsheet(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str]
) -> None:
    """As text, and not as the number, date or formula that it looks like."""
    rows = tuple(replace(FORM.rows[0], case_id=one) for one in ids)
    path = tmp_path_factory.mktemp("form") / GRADES_FILE
    path.write_bytes(grade_workbook(replace(FORM, rows=rows)))
    cells = [row[1] for row in sheets_of(path)["Grades"][1:]]
    assert cells == ids
