"""The form of grades as a workbook (`.xlsx`): how to fill it in, and a row for each reading.

The same form gives the same bytes with the same libraries. No cell is a formula, whatever a text
begins with, and none becomes one when it is edited.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import xlsxwriter

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _
from cases.tables.specification.reviews import MOST_HOURS
from evaluation.pages.plan.grade_form import NO, YES, FormRow, GradeForm, of_dimension

SHEET, GUIDE = _("Grades"), _("How to fill it in")
GUIDANCE: tuple[Sayable, ...] = (
    _("On the sheet of grades, fill in one row for each case that you have read."),
    _("A row is done with a reviewer, a date and a grade. Leave the others as they are."),
    _("In the column of a dimension, write yes where the case has a defect. Grey: not in force."),
    _("A grade that counts as a defect needs a dimension or a remark. Praise what was done well."),
    _("Where two readings were put together, add a row with the grade that both agreed on."),
    _("Leave the headings, the cases and the plan as they are. You may send it back as CSV, too."),
    _("The office reads it with `triage import-reviews`, again each time that more is filled in."),
)
LONGEST_NAME = 31  # letters of a sheet
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
WRITTEN_ON = datetime(2000, 1, 1)  # no clock in the file, so that it can be made again
FIRST_DAY = date(1990, 1, 1)
PLAIN: Mapping[str, Any] = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
TEXT = {**PLAIN, "num_format": "@", "quote_prefix": True}
LONG = {**PLAIN, "num_format": "@", "text_wrap": True}
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "heading": {**PLAIN, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E7EDF3"},
    "title": {**PLAIN, "bold": True, "font_size": 14},
    "guidance": {**PLAIN, "text_wrap": True},
    "number": PLAIN,
    "text": TEXT,
    "word": {**PLAIN, "num_format": "@"},
    "long": LONG,
    "date": {**PLAIN, "num_format": "yyyy-mm-dd"},
    "hours": {**PLAIN, "num_format": "0.0"},
    "not in force": {**PLAIN, "num_format": "@", "bg_color": "#BFBFBF"},
}
USUAL_FORMAT = "word"
OF_COLUMN = {"reviewed_at": "date", "hours": "hours", "reason": "long", "good": "long"}
WIDTHS = {"number": 7, "case_id": 24, "reading": 16, "grade": 16, "reason": 44, "good": 44}
USUAL_WIDTH = 13  # letters
ROOM = 500  # empty rows below, to which the choices of the cells reach


def name_of_sheet(name: Sayable, language: Language) -> str:
    """What a sheet is called, without what a spreadsheet does not take for a name."""
    return NOT_IN_A_NAME.sub("", name.say(language))[:LONGEST_NAME]


def grade_workbook(form: GradeForm) -> bytes:
    """The workbook of a form."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": WRITTEN_ON})
        formats = {name: book.add_format(dict(of)) for name, of in FORMATS.items()}
        guide = book.add_worksheet(name_of_sheet(GUIDE, form.language))
        grades = book.add_worksheet(name_of_sheet(SHEET, form.language))
        choices = _write_guide(guide, form, formats)
        _write_rows(grades, form, formats)
        _offer(grades, form, choices)
    return file.getvalue()


def _write_guide(guide: Any, form: GradeForm, formats: Mapping[str, Any]) -> dict[str, str]:
    """What to do, and below the words that cells take; where those for each kind of cell stand."""
    lines = [_("Grades of plan {plan}", plan=form.plan_id), form.office, *GUIDANCE]
    guide.set_column(0, 0, 90)
    for row, line in enumerate(lines):
        style = formats["guidance" if row else "title"]
        guide.write_string(row, 0, form.said(line), style)
    row, choices = len(lines) + 1, {}
    for kind, words in _words(form).items():
        guide.write_string(row, 0, form.headings[kind], formats["heading"])
        for place, word in enumerate(words, start=row + 1):
            guide.write_string(place, 0, word, formats["text"])
        last = row + len(words)
        choices[kind] = f"='{guide.get_name()}'!$A${row + 2}:$A${last + 1}"
        row = last + 2
    return choices


def _words(form: GradeForm) -> dict[str, list[str]]:
    """The words that cells of some columns take; a form without grades lists none of them."""
    yes_no = [form.said(YES), form.said(NO)]
    words = {
        "grade": [*form.grades.values()],
        "reading": [*form.readings.values()],
        "risk_shown": yes_no,
    }
    return {kind: several for kind, several in words.items() if several}


def _write_rows(grades: Any, form: GradeForm, formats: Mapping[str, Any]) -> None:
    """The headings and a row for each reading."""
    grades.freeze_panes(1, 3)
    for place, (code, heading) in enumerate(form.columns.items()):
        style = formats[OF_COLUMN.get(code, USUAL_FORMAT)]
        grades.set_column(place, place, WIDTHS.get(code, USUAL_WIDTH), style)
        grades.write_string(0, place, heading, formats["heading"])
    grades.autofilter(0, 0, len(form.rows), len(form.columns) - 1)
    for at, row in enumerate(form.rows, start=1):
        _write_row(grades, at, form, row, formats)


def _write_row(
    grades: Any, at: int, form: GradeForm, row: FormRow, formats: Mapping[str, Any]
) -> None:
    known = {
        "case_id": row.case_id,
        "reading": form.readings[row.reading],
        "risk_shown": form.said(YES if row.risk_shown else NO),
        "plan": form.plan_id,
    }
    grey = {of_dimension(code) for code in form.dimensions.keys() - row.dimensions}
    for place, code in enumerate(form.columns):
        if code == "number":
            grades.write_number(at, place, row.number, formats["number"])
        elif code in known:
            grades.write_string(at, place, known[code], formats["text"])
        elif code in grey:
            grades.write_blank(at, place, None, formats["not in force"])


def _offer(grades: Any, form: GradeForm, choices: Mapping[str, str]) -> None:
    """What cells take: a word of a list, a date, a number of hours."""
    for place, code in enumerate(form.columns):
        for taken in _taken(form, code, choices):
            grades.data_validation(1, place, len(form.rows) + ROOM, place, taken)


def _taken(form: GradeForm, code: str, choices: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if code in choices:
        yield {"validate": "list", "source": choices[code]}
    elif code in {of_dimension(one) for one in form.dimensions}:
        yield {"validate": "list", "source": [form.said(YES)]}
    elif code == "reviewed_at":
        yield {"validate": "date", "criteria": ">=", "value": FIRST_DAY}
    elif code == "hours":
        yield {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": MOST_HOURS}


def is_same_workbook(kept: bytes, again: bytes) -> bool:
    """Whether two workbooks have the same parts, however these are packed.

    Nothing is unpacked that is not as large as in `again`.
    """
    try:
        with _archive(kept) as one, _archive(again) as other:
            parts, wanted = one.infolist(), other.infolist()
            return [_called(part) for part in parts] == [_called(part) for part in wanted] and all(
                one.read(part) == other.read(same) for part, same in zip(parts, wanted, strict=True)
            )
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError):
        return False


def _archive(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def _called(part: zipfile.ZipInfo) -> tuple[str, int]:
    return part.filename, part.file_size
