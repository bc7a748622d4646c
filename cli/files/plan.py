"""A plan's folder: `plan.csv` for people, `frame.parquet` and `plan.json` for the replay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from cases.files import made_folder, replaced
from cases.office.model import Office
from cases.spreadsheet import write_for_people
from cli.files.folders import check_unused, frame_of, json_object, read_kept, reason_columns
from policies.spot_check.plan import FRAME, why
from policies.spot_check.verify import LISTED, Kept
from serving.use_cases.spot_checks import REASONS_SHOWN, SpotChecks

KEPT = pl.Schema(FRAME | {"inclusion_probability": pl.Float64()})
COMMAND = "triage plan"
FRAME_FILE, JSON_FILE, SHEET_FILE = "frame.parquet", "plan.json", "plan.csv"


def write_plan(result: SpotChecks, office: Office, made_from: dict[str, Any], folder: Path) -> None:
    """Write the plan's three files; `made_from` says of which data and model it was made."""
    made_folder(folder)
    replaced(folder / FRAME_FILE, result.plan.frame.write_parquet)
    text = json.dumps(result.plan.describe() | made_from, ensure_ascii=False, indent=2)
    replaced(folder / JSON_FILE, lambda path: path.write_text(text + "\n", "utf-8"))
    replaced(folder / SHEET_FILE, lambda path: write_for_people(plan_sheet(result, office), path))


def check_plan_folder(folder: Path) -> None:
    """`BadInput` if a plan could not be written into `folder`, or one is there already."""
    check_unused(folder, (JSON_FILE, FRAME_FILE, SHEET_FILE), "a plan")


def plan_sheet(result: SpotChecks, office: Office) -> pl.DataFrame:
    """The lines of the plan as `plan.csv` has them; exact numbers are in the frame."""
    lines = list(result.plan.lines.iter_rows(named=True))
    return result.plan.lines.select(
        "rank",
        "case_id",
        "selected_by",
        pl.col("inclusion_probability", "risk", "risk_low", "risk_high").round(6),
        pl.Series("why", [why(line, office) for line in lines], dtype=pl.String),
        *reason_columns(result.reasons, result.plan.lines["case_id"], REASONS_SHOWN),
        "rule",
        "second_review",
        "closed_at",
        "kind",
        "unit",
        "handler",
    )


def read_plan(folder: Path) -> Kept:
    """What a plan's folder holds, unchecked; `BadInput` if a file is missing or no such file."""
    told = read_kept(folder / JSON_FILE, COMMAND, json_object)
    frame = read_kept(folder / FRAME_FILE, COMMAND, lambda path: frame_of(path, KEPT))
    return Kept(told, frame, read_kept(folder / SHEET_FILE, COMMAND, _lines))


def _lines(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).select(*LISTED)
