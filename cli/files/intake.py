"""An intake's folder: `intake.csv` and `intake.html` for people, the rest to draw it again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from cases.files import made_folder, replaced
from cases.office.model import Office
from cases.spreadsheet import write_for_people
from cases.tables.tables import Tables
from cli.files.folders import check_unused, frame_of, json_object, read_kept, reason_columns
from evaluation.pages.intake import Sheet, render_intake
from policies.assignment.eligibility import say
from policies.assignment.result import CHANCES, LINES
from policies.assignment.verify import verify_assignment
from policies.spot_check.verify import Verified
from serving.use_cases.intake import REASONS_SHOWN, Intake, who_may

SHEET_FILE, PAGE_FILE, LOADS_FILE = "intake.csv", "intake.html", "loads.csv"
CHANCES_FILE, EXCLUDED_FILE, JSON_FILE = "chances.parquet", "excluded.parquet", "intake.json"
FILES = (JSON_FILE, SHEET_FILE, PAGE_FILE, LOADS_FILE, CHANCES_FILE, EXCLUDED_FILE)
COMMAND = "triage intake"
KEPT = pl.Schema(CHANCES | {"kind": pl.String()})


def check_intake_folder(folder: Path) -> None:
    """`BadInput` if an intake could not be written into `folder`, or one is there already."""
    check_unused(folder, FILES, "an intake")


def write_intake(found: Intake, tables: Tables, made_from: dict[str, Any], folder: Path) -> None:
    """Write the files; without a handler table only those that need none."""
    made_folder(folder)
    office, assignment = tables.office, found.assignment
    described = {} if assignment is None else assignment.describe()
    sheet = intake_sheet(found, office)
    described["suggested_hash"] = suggested_hash(sheet)
    text = json.dumps(described | made_from, ensure_ascii=False, indent=2)
    replaced(folder / JSON_FILE, lambda path: path.write_text(text + "\n", "utf-8"))
    if assignment is not None:
        kinds = found.cases.select("case_id", "kind")
        chances = assignment.chances.join(kinds, on="case_id", maintain_order="left")
        excluded = say(assignment.excluded, office.language)
        replaced(folder / CHANCES_FILE, chances.write_parquet)
        replaced(folder / EXCLUDED_FILE, excluded.write_parquet)
        replaced(folder / LOADS_FILE, lambda path: write_for_people(assignment.loads, path))
    page = render_intake(page_sheet(found, sheet, tables), office)
    replaced(folder / PAGE_FILE, lambda path: path.write_text(page, "utf-8"))
    replaced(folder / SHEET_FILE, lambda path: write_for_people(sheet, path))


def intake_sheet(found: Intake, office: Office) -> pl.DataFrame:
    """One row per new case: track, effort, handler, and why."""
    language = office.language
    lines = pl.DataFrame(schema=LINES) if found.assignment is None else found.assignment.lines
    lines = lines.rename({f"why_{language}": "how_so"})
    return found.cases.join(lines, on="case_id", how="left", maintain_order="left").select(
        "case_id",
        "opened_at",
        "kind",
        "unit",
        "track",
        pl.col(f"why_{language}").alias("why"),
        pl.col("complex_probability").round(6),
        pl.col("effort", "effort_low", "effort_high").round(2),
        "handler",
        "how",
        "probability",
        "eligible",
        "how_so",
        *reason_columns(found.reasons, found.cases["case_id"], REASONS_SHOWN),
        "rule",
    )


def page_sheet(found: Intake, sheet: pl.DataFrame, tables: Tables) -> Sheet:
    """What the page shows of an intake, whose `intake_sheet` is `sheet`."""
    office, assignment = tables.office, found.assignment
    notes = [note.say(office.language) for note in found.notes]
    cases = sheet.to_dicts()
    for case in cases:
        reasons = found.reasons.get(case["case_id"], ())
        case.update(reasons=[one.sentence for one in reasons], eligible=[], excluded=[])
    if assignment is None:
        return Sheet(cases, pl.DataFrame(), notes, {})
    place = {case["case_id"]: case for case in cases}
    for who in who_may(assignment, office.language):
        for case_id in who["case_ids"]:
            place[case_id].update(eligible=who["eligible"], excluded=who["excluded"])
    units = tables.handler_rows.select("handler", "unit")
    loads = assignment.loads.join(units, on="handler", how="left").sort("unit", "handler")
    wish = assignment.parameters
    made = {
        "as_of": f"{wish.as_of:%Y-%m-%d %H:%M}",
        "seed": wish.seed,
        "floor": f"{wish.floor:g}",
        "assignment_id": assignment.assignment_id,
    }
    return Sheet(cases, loads, notes, made)


def read_intake(folder: Path) -> tuple[dict[str, Any], pl.DataFrame, pl.DataFrame]:
    """What was told of an intake, its chances with the kind of case, and its lines.

    `BadInput` if a file is missing or not what `triage intake` wrote; the lines are those of
    `intake.csv`, as people got them.
    """
    told = read_kept(folder / JSON_FILE, COMMAND, json_object)
    chances = read_kept(folder / CHANCES_FILE, COMMAND, lambda path: frame_of(path, KEPT))
    return told, chances, read_kept(folder / SHEET_FILE, COMMAND, _lines)


def _lines(path: Path) -> pl.DataFrame:
    numbers = pl.col("probability", "effort").cast(pl.Float64)
    texts = pl.read_csv(path, infer_schema=False)
    lines = texts.select("case_id", "track", "handler", "how", numbers)
    # `write_for_people` puts an apostrophe before what a spreadsheet would run
    return lines.with_columns(pl.col("case_id", "handler").str.replace("^'", ""))


def verify_intake(
    told: dict[str, Any], chances: pl.DataFrame, lines: pl.DataFrame, published: str | None = None
) -> Verified:
    """Whether the handlers drawn are those that chances and seed give, and the rest is unchanged.

    Of what `read_intake` gave; `published` is the commitment to the seed, if one was published
    before the draw.
    """
    drawn = verify_assignment(told, chances, lines, published)
    if drawn.matches and suggested_hash(lines) != told.get("suggested_hash"):
        problem = f"{SHEET_FILE} has another track or designation than was written."
        return Verified(False, f"It does NOT match: {problem}")
    return drawn


def suggested_hash(sheet: pl.DataFrame) -> str:
    """SHA-256 (hex) of what is suggested for each case: track, handler, how."""
    suggested = sheet.select("case_id", "track", "handler", "how")
    return hashlib.sha256(suggested.write_csv().encode()).hexdigest()


def given_in(folder: Path) -> pl.DataFrame:
    """The cases that an intake gave to somebody, columns of `serving.use_cases.intake.GIVEN`."""
    _, _, lines = read_intake(folder)
    return lines.drop_nulls("handler").select("case_id", "handler", "effort")
