"""What the folder of a plan says of it, read once: for pages that show no single case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import polars as pl

from cases.integrity import manifest
from cases.language.kept import from_json
from cases.language.messages import Sayable
from cases.spreadsheet import harmless
from policies.spot_check.plan import Choice, Outlook, PlanParameters
from serving.kept.checked import computing
from serving.kept.folders import json_object, read_kept, texts_of
from serving.kept.plan import COMMAND, FRAME_FILE, JSON_FILE, SHEET_FILE

MOST_HELD = 200  # plans, each once a process


@dataclass(frozen=True)
class DescribedPlan:
    """A plan as its folder describes it; `files` are the sizes of its files by name, in bytes.

    `manifest` is the hash of its manifest, `units` are those whose cases could be drawn (None: of
    none), `drawn` counts its cases by how they were selected, `listed` has the inclusion
    probability of each drawn case.
    """

    manifest: str
    parameters: PlanParameters
    drawn: Mapping[str, int]
    frame_cases: int
    outlook: tuple[Outlook, ...]
    notes: tuple[Sayable, ...]
    seed_hash: str
    files: Mapping[str, int]
    units: frozenset[str | None]
    listed: Mapping[str, float]


def described(folder: Path) -> DescribedPlan | None:
    """Of the plan in a folder; None where there is no such folder, or it was not written whole.

    `BadInput` and `Refused` for a folder that cannot be read. Whether its files are those of the
    manifest is not looked at: verifying does that.
    """
    place = folder / manifest.MANIFEST
    return _described(folder, place.stat().st_mtime_ns) if place.is_file() else None


@lru_cache(maxsize=MOST_HELD)
def _described(folder: Path, _written: int) -> DescribedPlan:
    files = manifest.read_manifest(folder)
    kept = read_kept(folder / JSON_FILE, COMMAND, json_object)
    units = read_kept(folder / FRAME_FILE, COMMAND, _units)
    listed = read_kept(folder / SHEET_FILE, COMMAND, texts_of)["case_id"]
    drawn = read_kept(folder / FRAME_FILE, COMMAND, partial(_probabilities, listed))
    with computing(folder):
        return DescribedPlan(
            files.hash,
            PlanParameters.model_validate(kept["parameters"]),
            {str(how): int(count) for how, count in kept["drawn"].items()},
            int(kept["frame_cases"]),
            tuple(_outlook(choice, way) for choice, way in kept["outlook"].items()),
            tuple(map(from_json, kept["notes_said"])),
            str(kept["seed_commitment"]),
            {name: file.size for name, file in files.files.items()},
            units,
            drawn,
        )


def _outlook(choice: Choice, way: Mapping[str, Any]) -> Outlook:
    return Outlook(choice, way["expected_defects"], way["margin"])


def _units(path: Path) -> frozenset[str | None]:
    return frozenset(pl.scan_parquet(path).select("unit").unique().collect()["unit"])


def _probabilities(listed: pl.Series, path: Path) -> dict[str, float]:
    """Of the cases on the list, which a spreadsheet may not take for formulas."""
    frame = pl.read_parquet(path, columns=["case_id", "inclusion_probability"])
    drawn = frame.filter(harmless(frame["case_id"]).is_in(listed.implode()))
    return dict(drawn.iter_rows())


def inclusion_probability(folder: Path, case_id: str) -> float | None:
    """With which a case could be drawn; None for one that was not in the frame."""
    frame = pl.scan_parquet(folder / FRAME_FILE).filter(pl.col("case_id") == case_id)
    found = frame.select("inclusion_probability").collect()["inclusion_probability"]
    return found[0] if len(found) else None
