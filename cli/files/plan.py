"""A plan's folder: `plan.csv` for people, `frame.parquet` and `plan.json` for the replay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from cases.errors import Refused
from cases.files import made_folder, replaced
from cases.language.catalogues import Language
from cases.language.messages import _, say, sentences
from cases.office.model import Office
from cases.spreadsheet import write_for_people
from cli.files.folders import (
    check_unused,
    frame_of,
    json_object,
    read_kept,
    reason_columns,
    write_json,
)
from policies.spot_check.plan import FRAME, why
from policies.spot_check.verify import LISTED, Kept, verify
from serving.use_cases.spot_checks import REASONS_SHOWN, PlannedSpotChecks

KEPT = pl.Schema(FRAME | {"inclusion_probability": pl.Float64()})
COMMAND = "triage plan"
FRAME_FILE, JSON_FILE, SHEET_FILE = "frame.parquet", "plan.json", "plan.csv"


def write_plan(
    result: PlannedSpotChecks,
    office: Office,
    language: Language,
    made_from: dict[str, Any],
    folder: Path,
) -> None:
    """Write the plan's three files, the list in `language`.

    `made_from` says of which data and model it was made.
    """
    made_folder(folder)
    sheet = plan_sheet(result, office, language)
    replaced(folder / FRAME_FILE, result.plan.frame.write_parquet)
    write_json(result.plan.describe() | made_from, folder / JSON_FILE)
    replaced(folder / SHEET_FILE, lambda path: write_for_people(sheet, path))


def check_plan_folder(folder: Path) -> None:
    """`BadInput` if a plan could not be written into `folder`, or one is there already."""
    check_unused(folder, (JSON_FILE, FRAME_FILE, SHEET_FILE), _("already holds a plan"))


def plan_sheet(result: PlannedSpotChecks, office: Office, language: Language) -> pl.DataFrame:
    """The lines of the plan as `plan.csv` has them; exact numbers are in the frame."""
    lines = result.plan.lines
    whys = [say(why(line, office), language) for line in lines.iter_rows(named=True)]
    return lines.select(
        "rank",
        "case_id",
        "selected_by",
        pl.col("inclusion_probability", "risk", "risk_low", "risk_high").round(6),
        pl.Series("why", whys, dtype=pl.String),
        *reason_columns(result.reasons, lines["case_id"], REASONS_SHOWN, language),
        "rule",
        "second_review",
        "closed_at",
        "kind",
        "unit",
        "handler",
    )


def read_plan(folder: Path) -> Kept:
    """What a plan's folder holds, unchecked; `BadInput` if a file is missing or another."""
    manifest = read_kept(folder / JSON_FILE, COMMAND, json_object)
    frame = read_kept(folder / FRAME_FILE, COMMAND, lambda path: frame_of(path, KEPT))
    return Kept(manifest, frame, read_kept(folder / SHEET_FILE, COMMAND, _lines))


def verified_plan(folder: Path) -> Kept:
    """A kept plan; `Refused` if it is not what its frame and seed give."""
    kept = read_plan(folder)
    verified = verify(kept)
    if not verified.matches:
        what = _("{folder}: {sentence}", folder=folder.name, sentence=verified.sentence)
        raise Refused(sentences(what, _("Nothing is estimated from it.")))
    return kept


def _lines(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).select(*LISTED)
