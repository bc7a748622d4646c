"""Which rewrites of a plan are found: consistent with themselves, all hashes renewed.

    .venv/bin/python benchmarks/rewrites.py DEMO/plan

Draws the plan of the folder again from a committed seed, and then twelve other plans, each
kept as if it were the first. Prints which are found by `triage verify` with nothing in hand, with
the commitment, and with the beacon's value too; and how many seeds an office has to try in
private to spare three cases.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.tampering import with_manifest
from cases.errors import PlumblineError
from cases.integrity.canonical import Domain, digest
from cases.language.kept import as_json
from cases.office.model import Office
from cases.tables.tables import case_columns
from cases.tables.totals import closings
from evaluation.pages.plan.grade_form import GRADES_FILE, grade_form
from evaluation.pages.plan.grade_workbook import grade_workbook
from evaluation.pages.plan.sheets import CaseFiles
from policies.spot_check.commitment import Beacon, Commitment, PlanInputs, commit, draw_seed
from policies.spot_check.committed import worth
from policies.spot_check.plan import PlanParameters, frame_hash
from policies.spot_check.planning import draw_plan
from serving.kept.case_files import OF_EVENTS
from serving.kept.checked import Reader
from serving.kept.folders import (
    OFFICE_FILE,
    REASONS_FILE,
    json_file,
    read_reasons,
    sheet_file,
    text_file,
)
from serving.kept.plan import (
    CLOSINGS_FILE,
    COMMITMENT_FILE,
    COURSE_FILE,
    FACTS_FILE,
    FRAME_FILE,
    JSON_FILE,
    SHEET_FILE,
    plan_pages,
    plan_sheet,
    read_plan,
)
from serving.kept.plan_checks import PlanFolder, check_plan
from serving.use_cases.spot_checks import PlannedSpotChecks

SECRET, VALUE = "0123456789abcdef", "3 7 12 31 40 8"
MADE_AT = datetime(2026, 7, 1)
BEACON = Beacon(source="a lottery", time=datetime(2026, 7, 2))
MOST_SEEDS = 10_000


def rewrites(inputs: PlanInputs) -> Iterator[tuple[str, PlanInputs]]:
    """Twelve other plans, each as consistent with itself as the one committed to."""
    frame, parameters, office = inputs.frame, inputs.parameters, dict(inputs.office)
    riskiest = pl.col("risk") == pl.col("risk").max()
    added = frame.tail(1).with_columns(case_id=pl.lit("zzz"))
    yield "a case removed", replace(inputs, frame=frame.filter(~riskiest))
    yield "a case added", replace(inputs, frame=pl.concat([frame, added]))
    low = pl.when(riskiest).then(0.001).otherwise("risk").alias("risk")
    yield "a risk", replace(inputs, frame=frame.with_columns(low))
    yield "a rule", replace(inputs, office=office | {"rules": office["rules"][1:]})
    kinds = {"reviews": office["reviews"] | {"kinds": {"self check": "review"}}}
    yield "kind of a review", replace(inputs, office=office | kinds)
    yield "order of the frame", replace(inputs, frame=frame.reverse())
    yield "model", replace(inputs, model=digest(Domain.MODEL, "another"))
    day = datetime.fromisoformat(str(parameters["as_of"])) - timedelta(days=1)
    for name, change in {
        "quota": {"per_unit": {"at_least": 1, "share": 0.0, "at_most": None}},
        "capacity": {"capacity": parameters["capacity"] - 1},
        "seed": {"seed": draw_seed("fedcba9876543210", VALUE)},
        "as-of day": {"as_of": day.isoformat()},
        "floor": {"floor": 0.01},
    }.items():
        yield name, replace(inputs, parameters=dict(parameters) | change)


def rewritten(folder: Path, inputs: PlanInputs, target: Path) -> Path:
    """A copy of a plan's folder in which the plan is drawn from `inputs`, with a new manifest."""
    fields = PlanParameters.model_fields
    known = {name: value for name, value in inputs.parameters.items() if name in fields}
    plan = draw_plan(inputs.frame, PlanParameters.model_validate(known))
    frame = inputs.frame.join(
        plan.frame.select("case_id", "inclusion_probability"), on="case_id", maintain_order="left"
    )
    described = json.loads((folder / JSON_FILE).read_text("utf-8")) | plan.describe()
    described |= {
        "parameters": dict(inputs.parameters),
        "frame_hash": frame_hash(frame),
        "plan_id": replace(plan, frame=frame).plan_id,
        "model_hash": inputs.model,
        "secret_seed": SECRET,
        "beacon_value": VALUE,
        "worth": str(worth(None)),
        "notes_said": [as_json(note) for note in plan.notes],
    }
    reasons = read_reasons(folder / REASONS_FILE)
    result = PlannedSpotChecks(plan, reasons, {}, described["risks_by"])
    with tempfile.TemporaryDirectory() as parent:
        plain = Path(shutil.copytree(folder, Path(parent, "plain")))
        (plain / COMMITMENT_FILE).unlink(missing_ok=True)
        office, language = _office(folder, inputs), described["language"]
        sheet_file(plan_sheet(result, office, language))(plain / SHEET_FILE)
        files = _files(result, office)
        files.cases.write_parquet(plain / FACTS_FILE)
        files.events.write_parquet(plain / COURSE_FILE)
        for name, text in plan_pages(result, office, language, None, files).items():
            text_file(text)(plain / name)
        form = grade_form(result.plan, office, language)
        (plain / GRADES_FILE).write_bytes(grade_workbook(form))
        json_file(described)(plain / JSON_FILE)
        json_file(inputs.office)(plain / OFFICE_FILE)
        frame.write_parquet(plain / FRAME_FILE)
        closings(frame, datetime.max).write_parquet(plain / CLOSINGS_FILE)
        with_manifest(plain, target)
    return target


def _files(result: PlannedSpotChecks, office: Office) -> CaseFiles:
    """Files of the cases drawn that say no more than the frame does."""
    lines, columns = result.plan.lines, case_columns(office)
    known = lines.select(name for name in lines.columns if name in columns)
    others = [pl.lit(None, kind).alias(name) for name, kind in columns.items() if name not in known]
    return CaseFiles(
        known.select(*known.columns, *others).select(*columns), pl.DataFrame(schema=OF_EVENTS)
    )


def _office(folder: Path, inputs: PlanInputs) -> Office:
    """The office file of the inputs; the folder's where this version does not know a key of it."""
    try:
        return Office.model_validate(inputs.office)
    except ValueError:
        return Office.model_validate_json((folder / OFFICE_FILE).read_text("utf-8"))


def inputs_of(folder: Path, value: str | None) -> PlanInputs:
    """What a kept plan was drawn from, its seed now made from the secret one and `value`."""
    inputs = PlanFolder.read(folder, read_plan(folder)).inputs
    seed = SECRET if value is None else draw_seed(SECRET, value)
    return replace(inputs, parameters=dict(inputs.parameters) | {"seed": seed})


def promise(inputs: PlanInputs, value: str | None) -> Commitment:
    """The commitment to `inputs`, with a beacon if a value of one is there."""
    return commit(inputs, SECRET, MADE_AT, None if value is None else BEACON)


def is_found(folder: Path, reader: Reader) -> bool:
    """Whether a reader is told that something is wrong, in whatever way."""
    try:
        return bool(check_plan(folder, reader).differences)
    except PlumblineError:
        return True


def consistent_rewrites(folder: Path) -> None:
    """Print which rewrites are found with nothing, a commitment, and a beacon, too."""
    for name, value in (("nothing", None), ("a commitment", None), ("and a beacon", VALUE)):
        inputs = inputs_of(folder, value)
        reader = Reader() if name == "nothing" else Reader(None, promise(inputs, value), value)
        with tempfile.TemporaryDirectory() as parent:
            found = {
                change: is_found(rewritten(folder, other, Path(parent, change)), reader)
                for change, other in rewrites(inputs)
            }
        missed = ", ".join(change for change, seen in found.items() if not seen)
        print(f"{name}: {sum(found.values())} of {len(found)} found; missed: {missed or '-'}")


def seeds_to_spare(folder: Path) -> None:
    """Print how many seeds are tried in private until three cases of the draw are not drawn."""
    kept = read_plan(folder)
    drawn = draw_plan(kept.frame, kept.parameters).lines.filter(pl.col("selected_by") == "lottery")
    spared = set(drawn["case_id"].head(3))
    for tried in range(1, MOST_SEEDS):
        other = kept.parameters.model_copy(update={"seed": str(tried)})
        if spared.isdisjoint(draw_plan(kept.frame, other).lines["case_id"]):
            print(f"seed {tried} tried in private spares three cases; a beacon leaves none to try")
            return


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of a plan")
    folder = parser.parse_args().folder
    consistent_rewrites(folder)
    seeds_to_spare(folder)


if __name__ == "__main__":
    main()
