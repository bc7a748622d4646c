"""Whether an intake's folder holds what follows from its tables, its probabilities and its seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from cases.integrity.sheet import sheet_differences
from cases.language.messages import Sayable, _
from cases.office.model import Office
from models.calibration.conformal import Cutoffs
from policies.assignment.eligibility import HANDLERS, RECUSALS
from policies.assignment.result import CHANCES, AssignmentParameters
from policies.assignment.verify import verify_assignment
from policies.seeds import is_committed
from policies.tickets import OLD
from policies.verified import OTHER_SEED, Verified
from serving.kept.checked import (
    OTHER_PAGE,
    Checked,
    Reader,
    check_format,
    check_of_no_plan,
    computing,
    file_differences,
)
from serving.kept.drawn import CHANCES_FILE
from serving.kept.folders import (
    OFFICE_FILE,
    REASONS_FILE,
    frame_of,
    json_object,
    read_kept,
    read_reasons,
    spoken_in,
    text_of,
    texts_of,
)
from serving.kept.intake.folder import (
    CASES_FILE,
    COMMAND,
    FILES,
    HANDLERS_FILE,
    JSON_FILE,
    PAGE_FILE,
    RECUSALS_FILE,
    SHEET_FILE,
    PublishedIntake,
    suggested_hash,
)
from serving.use_cases.intake.suggesting import CASES, IntakeInputs, suggested
from serving.use_cases.remembered import GIVEN

KEPT = pl.Schema(CHANCES | {"kind": pl.String()})


@dataclass(frozen=True)
class KeptIntake:
    """The draw of a kept intake, unchecked.

    `manifest` describes it, `chances` are its probabilities with the kind of case, `lines` those
    of `intake.csv`, as people got them.
    """

    manifest: Mapping[str, Any]
    chances: pl.DataFrame
    lines: pl.DataFrame


def read_intake(folder: Path) -> KeptIntake:
    """What a folder keeps; `BadInput` if a file is missing or not what `triage intake` wrote."""
    manifest = read_kept(folder / JSON_FILE, COMMAND, json_object)
    chances = read_kept(folder / CHANCES_FILE, COMMAND, lambda path: frame_of(path, KEPT))
    return KeptIntake(manifest, chances, read_kept(folder / SHEET_FILE, COMMAND, _lines))


def _lines(path: Path) -> pl.DataFrame:
    numbers = pl.col("probability", "effort").cast(pl.Float64)
    lines = texts_of(path).select("case_id", "track", "handler", "how", numbers)
    # `write_for_people` puts an apostrophe before what a spreadsheet would run
    return lines.with_columns(pl.col("case_id", "handler").str.replace("^'", ""))


def check_intake(folder: Path, reader: Reader) -> Checked:
    """Everything in which a kept intake is not as it should be, to a reader who has that in hand.

    If files are not those of the manifest, nothing else is read. `BadInput` for files that
    cannot be read, `Refused` where nothing can be computed from them.
    """
    check_of_no_plan(reader)
    changed = file_differences(folder, reader, FILES)
    if changed:
        return Checked.of(changed)
    described = read_kept(folder / JSON_FILE, COMMAND, json_object)
    draw_format = described.get("format", OLD)
    check_format(folder, draw_format)
    with computing(folder):
        if draw_format == OLD:
            return Checked.drawn_again(verify_intake(read_intake(folder), reader.commitment))
        return _check_whole(folder, described, reader)


def verify_intake(kept: KeptIntake, published: object = None) -> Verified:
    """Whether the handlers drawn are those that chances and seed give, and the rest is unchanged.

    `published` is the commitment to the seed, if one was published before the draw.
    """
    hash_of_seed = None if published is None else str(published)
    drawn = verify_assignment(kept.manifest, kept.chances, kept.lines, hash_of_seed)
    if drawn.matches and suggested_hash(kept.lines) != kept.manifest.get("suggested_hash"):
        return Verified.but(
            _("{file} has another track or designation than was written.", file=SHEET_FILE)
        )
    return drawn


def verified_intake(folder: Path, otherwise: Sayable) -> KeptIntake:
    """A kept intake; `Refused`, with what is not done, if it is not what it was made from."""
    check_intake(folder, Reader()).require(folder, otherwise)
    return read_intake(folder)


def given_in(folder: Path) -> pl.DataFrame:
    """The cases that a kept intake gave to somebody (`serving.use_cases.intake.staff.GIVEN`).

    `Refused` if it is not what it was made from. Efforts are those it was made from; an earlier
    version kept them in `intake.csv` alone.
    """
    kept = verified_intake(folder, _("Its cases are not counted."))
    given = kept.lines.drop_nulls("handler")
    if kept.manifest.get("format", OLD) != OLD:
        efforts = _table(folder, CASES_FILE, CASES).select("case_id", "effort")
        given = given.drop("effort").join(efforts, on="case_id", maintain_order="left")
    return given.select(*GIVEN)


def _table(folder: Path, name: str, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return read_kept(folder / name, COMMAND, lambda path: frame_of(path, pl.Schema(columns)))


def _check_whole(folder: Path, described: Mapping[str, Any], reader: Reader) -> Checked:
    """An intake of the present format: all of it is made again."""
    inputs = inputs_in(folder, described)
    office = Office.model_validate(read_kept(folder / OFFICE_FILE, COMMAND, json_object))
    reasons = read_kept(folder / REASONS_FILE, COMMAND, read_reasons)
    again = suggested(inputs, office, reasons)
    found = [
        *_seed_differences(inputs, reader),
        *_differences(folder, described, PublishedIntake.of(again, office, spoken_in(described))),
    ]
    if found:
        return Checked.of(found)
    sentence = _(
        "It matches: each of the {cases:,} cases gets the same track and the same handler again, "
        "with the same probability.",
        cases=inputs.cases.height,
    )
    return Checked((), (sentence,))


def inputs_in(folder: Path, described: Mapping[str, Any]) -> IntakeInputs:
    """What the suggestions in a folder follow from."""
    handlers, parameters = _table(folder, HANDLERS_FILE, HANDLERS), None
    if not handlers.is_empty():
        parameters = AssignmentParameters.model_validate(described["parameters"])
    return IntakeInputs(
        _table(folder, CASES_FILE, CASES),
        handlers,
        _table(folder, RECUSALS_FILE, RECUSALS),
        Cutoffs(**described["cutoffs"]),
        tuple(described["unestimated"]),
        # One seed draws both: nobody may choose another one for the audit.
        str(described["audit_seed"]) if parameters is None else parameters.seed,
        parameters,
    )


def _seed_differences(inputs: IntakeInputs, reader: Reader) -> Iterator[Sayable]:
    """Whether the seed is the one whose hash the reader knows."""
    published = reader.commitment
    if isinstance(published, str) and not is_committed(inputs.seed, published):
        yield OTHER_SEED


def _differences(
    folder: Path, described: Mapping[str, Any], again: PublishedIntake
) -> Iterator[Sayable]:
    """In what the files are not those that are written again."""
    for name, value in again.described.items():
        if described.get(name) != value:
            yield _("`intake.json` has another {name} than the draw.", name=name)
    sheet = read_kept(folder / SHEET_FILE, COMMAND, texts_of)
    yield from sheet_differences(SHEET_FILE, sheet, again.sheet)
    if again.draw is not None:
        yield from again.draw.differences(folder, COMMAND)
    if read_kept(folder / PAGE_FILE, COMMAND, text_of) != again.page:
        yield OTHER_PAGE.filled(file=PAGE_FILE)
