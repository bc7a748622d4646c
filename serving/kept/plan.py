"""A plan's folder: list, page and sheets for people, the rest to draw and to compute it again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from cases.integrity.manifest import Manifest, check_new_folder, write_folder
from cases.language.catalogues import Language
from cases.language.kept import as_json
from cases.language.messages import say
from cases.office.model import CLOSING, Office
from cases.tables.tables import Tables, rows
from cases.tables.totals import closings
from evaluation.pages.plan.drawn_cases import PlanShown
from evaluation.pages.plan.grade_form import GRADES_FILE, grade_form
from evaluation.pages.plan.grade_workbook import grade_workbook
from evaluation.pages.plan.managers_list import render_list
from evaluation.pages.plan.sheets import CaseFiles, render_sheets, with_sheets
from features.as_of import risk_moments
from models.reasons.reasons import Reason
from policies.spot_check.committed import OpenedCommitment, worth
from policies.spot_check.plan import FAILED_CHECK, FRAME, MOMENT, why
from policies.spot_check.verify import LISTED, Kept
from serving.kept.case_files import case_files
from serving.kept.folders import (
    OFFICE_FILE,
    REASONS_FILE,
    frame_of,
    json_file,
    json_object,
    office_file,
    read_kept,
    reason_columns,
    reasons_file,
    sheet_file,
    text_file,
    texts_of,
)
from serving.kept.printing import print_page
from serving.use_cases.spot_checks import REASONS_SHOWN, PlannedSpotChecks

PROBABILITY: dict[str, pl.DataType] = {"inclusion_probability": pl.Float64()}
COMMAND = "triage plan"
FRAME_FILE, JSON_FILE, SHEET_FILE = "frame.parquet", "plan.json", "plan.csv"
CLOSINGS_FILE, COMMITMENT_FILE = "closings.parquet", "commitment.json"
SHOWN_FILE = "shown.parquet"  # what the list shows of its cases besides
PAGE_FILE, SHEETS_FILE = "plan.html", "sheets.html"
FACTS_FILE, COURSE_FILE = "facts.parquet", "course.parquet"  # what the sheets show of their cases
PRINTED = {PAGE_FILE: "plan.pdf", SHEETS_FILE: "sheets.pdf"}
FILES = (
    *(FRAME_FILE, JSON_FILE, SHEET_FILE, PAGE_FILE, SHEETS_FILE, *PRINTED.values()),
    *(CLOSINGS_FILE, OFFICE_FILE, REASONS_FILE, COMMITMENT_FILE, SHOWN_FILE),
    *(FACTS_FILE, COURSE_FILE, GRADES_FILE),
)


def write_plan(
    result: PlannedSpotChecks,
    tables: Tables,
    language: Language,
    made_from: Mapping[str, Any],
    folder: Path,
    opened: OpenedCommitment | None = None,
    *,
    printed: bool = False,
) -> Manifest:
    """Write the plan's files, what people read in `language`, and the manifest, which is returned.

    `made_from` says of which data and model it was made, `opened` what was committed to. The
    pages are `printed`, too, if asked for (`Refused` where no browser can).
    """
    plan, commitment = result.plan, opened.commitment if opened else None
    described = plan.describe() | dict(made_from) | _revealed(opened)
    described |= {"risks_by": result.risks_by, "language": language}
    described |= {"worth": str(worth(commitment)), "notes_said": [*map(as_json, plan.notes)]}
    as_of = plan.parameters.as_of
    reached = rows(risk_moments(tables, after=None, until=as_of))
    units = tables.case_rows.select("case_id", "unit")
    counted = closings(reached.join(units, on="case_id"), as_of, "moment")
    files = {
        FRAME_FILE: plan.frame.write_parquet,
        CLOSINGS_FILE: counted.write_parquet,
        OFFICE_FILE: office_file(tables.office),
        REASONS_FILE: reasons_file(result.reasons),
        JSON_FILE: json_file(described),
    }
    shown = shown_of(result, tables)
    files[SHEET_FILE] = sheet_file(plan_sheet(result, tables.office, language, shown))
    if shown is not None:
        files[SHOWN_FILE] = shown.write_parquet
    ids = with_sheets(plan.parameters.seed, plan.lines["case_id"])
    kept = case_files(tables, ids, as_of)
    files[FACTS_FILE], files[COURSE_FILE] = kept.cases.write_parquet, kept.events.write_parquet
    pages = plan_pages(result, tables.office, language, shown, kept)
    files |= {name: text_file(text) for name, text in pages.items()}
    form = grade_workbook(grade_form(plan, tables.office, language))
    files[GRADES_FILE] = lambda path: path.write_bytes(form)
    if printed:
        files |= {PRINTED[name]: partial(print_page, text) for name, text in pages.items()}
    if commitment is not None:
        files[COMMITMENT_FILE] = text_file(commitment.text)
    return write_folder(folder, files, {"command": COMMAND, "format": plan.format}, FILES)


def plan_pages(
    result: PlannedSpotChecks,
    office: Office,
    language: Language,
    shown: pl.DataFrame | None,
    files: CaseFiles,
) -> dict[str, str]:
    """The pages of a plan in `language`, by name of the file."""
    of_plan = PlanShown(result.plan, office, result.reasons, result.risks_by, shown)
    return {
        PAGE_FILE: render_list(of_plan, language),
        SHEETS_FILE: render_sheets(of_plan, files, language),
    }


def _revealed(opened: OpenedCommitment | None) -> dict[str, Any]:
    """What the seed of the draw was made of, for those who hold the commitment."""
    if opened is None:
        return {}
    return {"secret_seed": opened.secret_seed, "beacon_value": opened.beacon_value}


def check_plan_folder(folder: Path) -> None:
    """`BadInput` if a plan could not be written into `folder`, or something is there already."""
    check_new_folder(folder, FILES)


def shown_schema(office: Office) -> pl.Schema:
    """The columns of `SHOWN_FILE`."""
    return pl.Schema(dict.fromkeys(("case_id", *office.spot_checks.columns), pl.String()))


def shown_of(result: PlannedSpotChecks, tables: Tables) -> pl.DataFrame | None:
    """What the list shows of its cases besides; None where the office wants no more."""
    if not tables.office.spot_checks.columns or tables.shown is None:
        return None
    return _beside(result.plan.lines.select("case_id"), tables.shown)


def _beside(lines: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    return lines.join(shown, on="case_id", how="left", maintain_order="left")


def plan_sheet(
    result: PlannedSpotChecks,
    office: Office,
    language: Language,
    shown: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The lines of the plan as `plan.csv` has them; exact numbers are in the frame.

    `shown` is what `shown_of` gave.
    """
    lines = result.plan.lines
    drawn = lines.iter_rows(named=True)
    whys = [say(why(line, office, result.risks_by), language) for line in drawn]
    sheet = lines.select(
        "rank",
        "case_id",
        "selected_by",
        pl.col("inclusion_probability", "risk", "risk_low", "risk_high").round(6),
        pl.Series("why", whys, dtype=pl.String),
        *reason_columns(_raising(result), lines["case_id"], REASONS_SHOWN, language),
        "rule",
        "second_review",
        *(name for name in FAILED_CHECK if name in lines.columns),
        *(_moments(lines[name]) for name in MOMENT if name in lines.columns),
        "closed_at",
        "kind",
        "unit",
        "handler",
    )
    sheet = sheet if shown is None else _beside(sheet, shown)
    by = office.spot_checks.list_by
    return sheet if by is None else sheet.sort(by, "rank", nulls_last=True)


def _raising(result: PlannedSpotChecks) -> dict[str, list[Reason]]:
    """Of each case the reasons for checking it: those that raise its risk."""
    return {
        case: [reason for reason in reasons if reason.raises]
        for case, reasons in result.reasons.items()
    }


def _moments(moments: pl.Series) -> pl.Series:
    """Moments as dates where none has a time: an opening by day stands for the day's beginning."""
    by_day = (moments == moments.dt.truncate("1d")).all()
    return moments.dt.date() if by_day else moments


def read_plan(folder: Path) -> Kept:
    """What a plan's folder holds, unchecked; `BadInput` if a file is missing or another."""
    manifest = read_kept(folder / JSON_FILE, COMMAND, json_object)
    parameters = manifest.get("parameters")
    columns = _kept_columns(parameters if isinstance(parameters, dict) else {})
    frame = read_kept(folder / FRAME_FILE, COMMAND, lambda path: frame_of(path, columns))
    return Kept(manifest, frame, read_kept(folder / SHEET_FILE, COMMAND, _lines))


def _kept_columns(parameters: Mapping[str, Any]) -> pl.Schema:
    """The columns of `frame.parquet`: some are there only where the parameters call for them."""
    moment = MOMENT if parameters.get("at", CLOSING) != CLOSING else {}
    split = FAILED_CHECK if parameters.get("failed_check_share") is not None else {}
    return pl.Schema(FRAME | moment | split | PROBABILITY)


def _lines(path: Path) -> pl.DataFrame:
    return texts_of(path).select(*LISTED)
