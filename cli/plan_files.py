"""A plan's folder: `plan.csv` for people, `frame.parquet` and `plan.json` for the replay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from cases.errors import BadInput, Fault
from cases.office import Office
from cases.spreadsheet import harmless, write_for_people
from cases.writing import check_folder, made_folder, replaced
from policies.plans import FRAME, why
from policies.verify import Kept
from serving.use_cases import REASONS_SHOWN, SpotChecks

LARGEST_JSON = 10_000_000  # bytes
FRAME_FILE, JSON_FILE, SHEET_FILE = "frame.parquet", "plan.json", "plan.csv"


def write_plan(result: SpotChecks, office: Office, made_from: dict[str, Any], folder: Path) -> None:
    """Write the plan's three files; `made_from` says of which data and model it was made."""
    made_folder(folder)
    replaced(folder / FRAME_FILE, result.plan.frame.write_parquet)
    text = json.dumps(result.plan.describe() | made_from, ensure_ascii=False, indent=2)
    replaced(folder / JSON_FILE, lambda path: path.write_text(text + "\n", "utf-8"))
    replaced(folder / SHEET_FILE, lambda path: write_for_people(plan_sheet(result, office), path))


def check_plan_folder(folder: Path) -> None:
    """`BadInput` if a plan could not be written into `folder`, or one is there already.

    Drawing until the list suits and keeping only the last is what the lottery must rule out.
    """
    kept = [name for name in (JSON_FILE, FRAME_FILE, SHEET_FILE) if (folder / name).exists()]
    if kept:
        problem = f"already holds a plan ({kept[0]})."
        raise BadInput([Fault(str(folder), problem, "Name another folder.")])
    check_folder(folder)


def plan_sheet(result: SpotChecks, office: Office) -> pl.DataFrame:
    """The lines of the plan as `plan.csv` has them; exact numbers are in the frame."""
    lines = list(result.plan.lines.iter_rows(named=True))
    sentences = [[r.sentence for r in result.reasons.get(line["case_id"], ())] for line in lines]
    columns = [
        pl.Series(
            f"reason_{place + 1}",
            [found[place] if place < len(found) else None for found in sentences],
            dtype=pl.String,
        )
        for place in range(REASONS_SHOWN)
    ]
    return result.plan.lines.select(
        "rank",
        "case_id",
        "selected_by",
        pl.col("inclusion_probability", "risk", "risk_low", "risk_high").round(6),
        pl.Series("why", [why(line, office) for line in lines], dtype=pl.String),
        *columns,
        "rule",
        "second_review",
        "closed_at",
        "kind",
        "unit",
        "handler",
    )


def read_plan(folder: Path) -> Kept:
    """What a plan's folder holds, unchecked; `BadInput` if a file is missing or no such file."""
    try:
        path = folder / JSON_FILE
        if path.stat().st_size > LARGEST_JSON:
            raise ValueError("is too long")
        told = json.loads(path.read_text("utf-8"))
        path = folder / FRAME_FILE
        frame = pl.read_parquet(path).select(*FRAME, "inclusion_probability")
        path = folder / SHEET_FILE
        sheet = pl.read_csv(path, infer_schema=False).select("case_id", "selected_by")
        if frame.select(*FRAME).schema != pl.Schema(FRAME) or not isinstance(told, dict):
            raise ValueError("is no plan")
    except FileNotFoundError:
        raise _no_plan(path, "is not there.") from None
    except (OSError, ValueError, pl.exceptions.PolarsError, RecursionError) as error:
        raise _no_plan(path, f"is not what `triage plan` wrote ({type(error).__name__}).") from None
    ids = frame["case_id"]
    real = dict(zip(harmless(ids), ids, strict=True))  # spreadsheets got ids made harmless
    listed = [real.get(one, one) for one in sheet["case_id"]]
    return Kept(told, frame, tuple(listed))


def _no_plan(path: Path, problem: str) -> BadInput:
    return BadInput([Fault(path.name, problem, "Name the folder that `triage plan` wrote.")])
