"""Plans under way: the folders that the office keeps of them, read once, and as was recorded."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

import polars as pl

from cases.errors import Refused
from cases.integrity import manifest
from cases.language.messages import _
from cases.office.model import Office
from cases.spreadsheet import harmless
from evaluation.pages.plan.drawn_cases import PlanShown
from policies.spot_check.plan import SpotCheckPlan
from policies.spot_check.verify import Kept
from serving.kept.begin import PLANS
from serving.kept.folders import (
    OFFICE_FILE,
    REASONS_FILE,
    frame_of,
    json_object,
    read_kept,
    read_reasons,
    texts_of,
)
from serving.kept.plan import COMMAND, SHEET_FILE, SHOWN_FILE, read_plan, shown_schema
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.reviewing import Begun
from serving.work.step import Taken

MOST_HELD = 12  # plans, each once a process


def plan_under_way(home: Path, began: Taken) -> UnderWay:
    """The plan whose reviews a step began; it is read and checked once a process.

    Of its frame there are the drawn cases alone: a frame may be the whole office.

    `Refused` if the folder is not the one that was recorded, `BadInput` if it cannot be read.
    """
    return _read(folder_of(home, began), manifest_of(began), began.record, began.at)


def read_under_way(home: Path, began: Taken) -> UnderWay:
    """The same, read anew."""
    return _made(folder_of(home, began), manifest_of(began), began.record, began.at)


def folder_of(home: Path, began: Taken) -> Path:
    """Where the office keeps the plan whose reviews a step began."""
    return home / PLANS / str(_begun(began).plan)


def manifest_of(began: Taken) -> str:
    """The hash of the manifest of the plan whose reviews a step began."""
    return str(_begun(began).manifest)


def _begun(began: Taken) -> Begun:
    step = began.step
    if not isinstance(step, Begun) or step.plan is None:
        raise TypeError("is no step that begins a plan")
    return step


def _made(folder: Path, recorded: str, record: int, at: datetime) -> UnderWay:
    return UnderWay(read_shown(folder, recorded), record, at, folder.name)


_read = lru_cache(2 * MOST_HELD)(_made)  # besides the newest those that somebody asks for


def read_shown(folder: Path, recorded: str) -> PlanShown:
    """What the folder of a plan shows, if its manifest has this hash; otherwise as above."""
    if not folder.is_dir() or manifest.differences(folder, recorded):
        raise Refused(
            _(
                "The folder of plan {plan} is not as it was recorded, so nothing is shown of it. "
                "Put back the copy that the plan was begun with.",
                plan=folder.name,
            )
        )
    kept = read_plan(folder)
    values = read_kept(folder / OFFICE_FILE, COMMAND, json_object)
    office = Office.model_validate(values)
    further, shown = folder / SHOWN_FILE, None
    if further.exists():
        shown = read_kept(further, COMMAND, lambda path: frame_of(path, shown_schema(office)))
    lines = _lines(kept, folder)
    drawn = kept.frame.join(lines, on="case_id", how="semi")
    plan = SpotCheckPlan(kept.parameters, drawn, lines, (), format=kept.format)
    reasons = read_kept(folder / REASONS_FILE, COMMAND, read_reasons)
    return PlanShown(plan, office, reasons, kept.manifest.get("risks_by", "model"), shown)


def _lines(kept: Kept, folder: Path) -> pl.DataFrame:
    """The lines as they were drawn: who is listed and why, with the exact numbers of the frame."""
    listed = read_kept(folder / SHEET_FILE, COMMAND, texts_of)
    names = kept.frame.select("case_id", listed_as=harmless(kept.frame["case_id"]))
    lines = listed.select(
        pl.col("rank").cast(pl.Int64()),
        "selected_by",
        second_review=pl.col("second_review") == "true",
        listed_as="case_id",
    )
    found = lines.join(names, on="listed_as", how="inner", maintain_order="left").drop("listed_as")
    frame = kept.frame.select(pl.all().exclude("case_id"), "case_id")
    return found.join(frame, on="case_id", how="left", maintain_order="left").sort("rank")
