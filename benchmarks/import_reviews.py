"""How long it takes until the grades of a form are recorded: a plan of an office, all of it graded.

`python -m benchmarks.import_reviews OFFICE PLAN` fills in the form in the folder PLAN and takes it
in twice, into a ledger that is made for it and thrown away. It prints the seconds of each step.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import xlsxwriter

from evaluation.pages.plan.grade_form import GradeForm
from ledger.ledger import Ledger
from models.registry import Registry
from serving.kept.grade_form import form_of, read_filled
from serving.memory.graded_forms import imported
from serving.memory.taking_in import caught_up
from serving.use_cases.context import ServiceContext
from serving.workspace import Workspace

Made = TypeVar("Made")


def timed(what: str, work: Callable[[], Made]) -> Made:
    """Do some work and print how long it took."""
    began = time.perf_counter()
    made = work()
    print(f"{what:40} {time.perf_counter() - began:8.2f} s")
    return made


def fill_in(form: GradeForm, path: Path) -> None:
    """A form in which every reading has a grade, a reviewer for each kind of reading."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Grades")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        columns = {code: place for place, code in enumerate(form.columns)}
        sheet.write_row(0, 0, [*form.columns.values()])
        word = next(iter(form.grades.values()))
        for at, row in enumerate(form.rows, start=1):
            sheet.write_string(at, columns["case_id"], row.case_id)
            sheet.write_string(at, columns["reading"], form.readings[row.reading])
            sheet.write_string(at, columns["reviewer"], f"reviewer-{row.reading}")
            sheet.write_datetime(at, columns["reviewed_at"], row.closed + timedelta(days=1), day)
            sheet.write_string(at, columns["grade"], word)
            sheet.write_string(at, columns["good"], "The reasons are clear and complete.")
            sheet.write_string(at, columns["plan"], form.plan_id)


def main(office: Path, plan: Path) -> None:
    """Print the seconds of each step."""
    workspace = Workspace.of(office)
    now = workspace.present()
    champion = Registry(workspace.home).champion(now.tables.office)
    with TemporaryDirectory() as folder, Ledger.at(Path(folder)) as ledger:
        form = timed("plan verified and its form made", partial(form_of, plan))
        path = Path(folder, "form.xlsx")
        fill_in(form, path)
        print(f"{len(form.rows):,} readings, {path.stat().st_size:,} bytes")
        now = caught_up(replace(now, remembered=type(now.remembered)()), now.tables, ledger)
        filled = timed("read", partial(read_filled, path))
        for time_ in ("first", "second"):
            context = ServiceContext(now.tables, champion, remembered=now.remembered)
            grades = timed(f"{time_} time: checked", partial(imported, context, form, filled))
            timed("  recorded", partial(ledger.append, *grades.entries))
            now = timed("  taken in", partial(caught_up, now, now.tables, ledger))
            print(f"  {grades.new:,} new, {grades.known:,} known")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
