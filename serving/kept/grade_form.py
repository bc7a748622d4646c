"""The form of grades of a kept plan, and the file in which it comes back."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.catalogues import languages
from cases.language.messages import _, listed, say
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.sources import csv, workbook
from cases.sources.base import Layout, Reading, Unreadable
from cases.sources.workbook import SeveralSheets
from evaluation.pages.plan.grade_form import COLUMNS, GradeForm, grade_form
from evaluation.pages.plan.grade_workbook import SHEET, name_of_sheet
from policies.spot_check.verify import draw_again
from serving.kept.checked import Reader
from serving.kept.folders import OFFICE_FILE, json_object, read_kept, spoken_in
from serving.kept.plan import COMMAND, read_plan
from serving.kept.plan_checks import check_plan
from serving.use_cases.reviewing.grades.cells import FilledForm

SOURCES = (workbook.SOURCE, csv.SOURCE)
PLAN_ID = re.compile(r"[0-9a-f]{16}")
LARGEST_GIB = 0.25  # unpacked


def form_of(folder: Path) -> GradeForm:
    """The form of the plan in a folder; `Refused` if that is not what it gives when verified."""
    check_plan(folder, Reader()).require(folder, _("No grades are taken for it."))
    kept = read_plan(folder)
    office = Office.model_validate(read_kept(folder / OFFICE_FILE, COMMAND, json_object))
    return grade_form(draw_again(kept), office, spoken_in(kept.manifest))


def read_filled(path: Path, progress: Progress = silent) -> FilledForm:
    """A form as it came back, from a workbook or as CSV; `BadInput` if it cannot be read."""
    if not path.is_file():
        problem, remedy = _("is not there."), _("Name the file that came back.")
        raise BadInput([Fault(path.name, problem, remedy)])
    try:
        reading = _reading(path, progress)
    except Unreadable as error:
        raise BadInput([error.at(path.name)]) from None
    faults = [
        Fault(path.name, doubt.problem, doubt.remedy, column=doubt.column)
        for doubt in reading.doubts
        if doubt.column is not None
    ]
    if faults:
        raise BadInput(faults)
    return FilledForm(path.name, reading.frame, reading.rows)


def _reading(path: Path, progress: Progress) -> Reading:
    layout = Layout(largest_gib=LARGEST_GIB)
    source = next((one for one in SOURCES if path.name.lower().endswith(one.endings)), None)
    if source is None:
        endings = listed(ending for one in SOURCES for ending in one.endings)
        remedy = _("Save it as one of: {endings}.", endings=endings)
        raise Unreadable(_("has an ending that is not read here."), remedy)
    try:
        return source.read(path, layout, progress)
    except SeveralSheets as several:
        names = {name_of_sheet(SHEET, language) for language in languages()}
        ours = [sheet for sheet in several.sheets if sheet in names]
        if len(ours) != 1:
            raise
        return source.read(path, Layout(sheet=ours[0], largest_gib=LARGEST_GIB), progress)


def plan_named(filled: FilledForm) -> str | None:
    """The id of the plan that a form names most often, in whatever language it is."""
    headings = {say(COLUMNS["plan"], language) for language in languages()}
    named = [filled.cells[one] for one in filled.cells.columns if one in headings]
    ids = pl.concat(named).cast(pl.String).drop_nulls() if named else pl.Series(dtype=pl.String)
    plans = ids.filter(ids.str.contains(rf"^{PLAN_ID.pattern}$"))
    return None if plans.is_empty() else str(plans.mode().sort()[0])
