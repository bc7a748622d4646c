"""The folder of a draw of reviewers: the list for people, the rest to draw again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from cases.integrity.manifest import Manifest, Write, write_folder
from cases.language.catalogues import Language
from policies.reviewers.draw import DrawnReviewers
from policies.tickets import FORMAT
from serving.kept.drawn import DRAW_FILES, PublishedDraw
from serving.kept.folders import code_version, json_file, sheet_file

COMMAND = "triage begin"
JSON_FILE, SHEET_FILE = "reviewers.json", "reviewers.csv"
CASES_FILE, REVIEWERS_FILE = "cases.parquet", "reviewers.parquet"
RECUSALS_FILE = "recusals.parquet"
FILES = (JSON_FILE, SHEET_FILE, *DRAW_FILES, CASES_FILE, REVIEWERS_FILE, RECUSALS_FILE)
SHEET: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "reading": pl.String(),
    "reviewer": pl.String(),  # null where nobody was drawn
    "probability": pl.Float64(),
    "eligible": pl.Int64(),  # reviewers who were
    "why": pl.String(),
}


@dataclass(frozen=True)
class PublishedReviewers:
    """What people get of a draw of reviewers: who reads what and why, and its description."""

    sheet: pl.DataFrame
    described: dict[str, Any]
    draw: PublishedDraw

    @classmethod
    def of(cls, drawn: DrawnReviewers, language: Language) -> PublishedReviewers:
        """Of a draw, the words in `language`."""
        rows = [(*one[:-1], one.why.say(language)) for one in drawn.given]
        sheet = pl.DataFrame(rows, SHEET, orient="row")
        draw = PublishedDraw.of_readings(drawn.draws, language)
        return cls(sheet, drawn.describe(), draw)


def write_reviewers(
    drawn: DrawnReviewers, plan_manifest: str, language: Language, folder: Path
) -> Manifest:
    """Write the files, their words in `language`, and the manifest, which is returned.

    `plan_manifest` is the hash of the manifest of the plan whose cases these are.
    """
    published = PublishedReviewers.of(drawn, language)
    described = published.described | {
        "plan_manifest": plan_manifest,
        "code": code_version(),
        "language": language,
    }
    files: dict[str, Write] = published.draw.files | {
        JSON_FILE: json_file(described),
        SHEET_FILE: sheet_file(published.sheet),
        CASES_FILE: drawn.cases.write_parquet,
        REVIEWERS_FILE: drawn.reviewers.write_parquet,
        RECUSALS_FILE: drawn.recusals.write_parquet,
    }
    return write_folder(folder, files, {"command": COMMAND, "format": FORMAT}, FILES)
