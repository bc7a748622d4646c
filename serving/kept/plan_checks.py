"""Whether a plan's folder holds what was drawn, was promised, and agrees with other counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from cases.errors import Refused
from cases.integrity.sheet import sheet_differences
from cases.language.kept import from_json
from cases.language.messages import Sayable, _
from cases.office.model import Office
from cases.tables import totals
from cases.tables.tables import case_columns
from evaluation.pages.plan.grade_form import GRADES_FILE, grade_form
from evaluation.pages.plan.grade_workbook import grade_workbook, is_same_workbook
from evaluation.pages.plan.sheets import CaseFiles
from models.reasons.reasons import Reason
from policies.seeds import is_committed
from policies.spot_check.commitment import Commitment, PlanInputs, read_commitment
from policies.spot_check.committed import check, worth
from policies.spot_check.plan import SpotCheckPlan, columns_of, moment_in
from policies.spot_check.redraws import KeptDraw
from policies.spot_check.verify import Kept, differences, draw_again, matching, verify
from policies.tickets import OLD
from policies.verified import OTHER_SEED
from serving.kept.case_files import OF_EVENTS
from serving.kept.checked import (
    OTHER_PAGE,
    Checked,
    Reader,
    check_format,
    computing,
    file_differences,
)
from serving.kept.folders import (
    OFFICE_FILE,
    REASONS_FILE,
    code_version,
    frame_of,
    json_object,
    read_kept,
    read_reasons,
    spoken_in,
    text_of,
    texts_of,
)
from serving.kept.plan import (
    CLOSINGS_FILE,
    COMMAND,
    COMMITMENT_FILE,
    COURSE_FILE,
    FACTS_FILE,
    FILES,
    PRINTED,
    SHEET_FILE,
    SHOWN_FILE,
    plan_pages,
    plan_sheet,
    read_plan,
    shown_schema,
)
from serving.use_cases.spot_checks import PlannedSpotChecks

CLOSINGS = pl.Schema(totals.TOTALS)
COURSE = pl.Schema(OF_EVENTS)
SEED_ALONE = _(
    "The published hash binds the seed alone: it does not show that cases, parameters, rules and "
    "model were fixed before the draw."
)


@dataclass(frozen=True)
class PlanFolder:
    """Everything that a plan's folder of the present format holds, unchecked.

    `sheet` is `plan.csv` as text, `office` the plain values of the office file, `pages` the text
    of every page by name of its file, `grades` the workbook for grades. An earlier version wrote
    no pages, kept no `files` and had no such workbook.
    """

    kept: Kept
    sheet: pl.DataFrame
    office: Mapping[str, Any]
    reasons: Mapping[str, tuple[Reason, ...]]
    closings: pl.DataFrame
    commitment: Commitment | None
    shown: pl.DataFrame | None
    files: CaseFiles | None
    pages: Mapping[str, str]
    grades: bytes | None

    @classmethod
    def read(cls, folder: Path, kept: Kept) -> PlanFolder:
        """What the folder of a kept plan holds; `BadInput` if a file is missing or another."""
        committed, shown = folder / COMMITMENT_FILE, folder / SHOWN_FILE
        grades = folder / GRADES_FILE
        office = read_kept(folder / OFFICE_FILE, COMMAND, json_object)
        return cls(
            kept,
            read_kept(folder / SHEET_FILE, COMMAND, texts_of),
            office,
            read_kept(folder / REASONS_FILE, COMMAND, read_reasons),
            read_kept(folder / CLOSINGS_FILE, COMMAND, lambda path: frame_of(path, CLOSINGS)),
            read_commitment(committed) if committed.exists() else None,
            read_kept(shown, COMMAND, partial(_shown, office)) if shown.exists() else None,
            _files(folder, office) if (folder / FACTS_FILE).exists() else None,
            {
                name: read_kept(folder / name, COMMAND, text_of)
                for name in PRINTED
                if (folder / name).exists()
            },
            read_kept(grades, COMMAND, Path.read_bytes) if grades.exists() else None,
        )

    @property
    def secret_seed(self) -> str:
        """The seed that was committed to, as the office revealed it."""
        return str(self.kept.manifest.get("secret_seed", self.kept.parameters.seed))

    @property
    def beacon_value(self) -> str | None:
        """The beacon's value as the office says it was."""
        value = self.kept.manifest.get("beacon_value")
        return None if value is None else str(value)

    @property
    def inputs(self) -> PlanInputs:
        """What the plan was drawn from, as it was kept."""
        kept = self.kept.manifest
        return PlanInputs(
            self.kept.frame.select(columns_of(self.kept.frame)),
            kept["parameters"],
            self.office,
            str(kept.get("model_hash")),
            str(kept.get("code")),
        )


def _shown(office: Mapping[str, Any], path: Path) -> pl.DataFrame:
    """What the list shows of its cases besides, by the columns that the office names."""
    return frame_of(path, shown_schema(Office.model_validate(office)))


def _files(folder: Path, office: Mapping[str, Any]) -> CaseFiles:
    """What the sheets show of their cases."""

    def facts(path: Path) -> pl.DataFrame:
        return frame_of(path, pl.Schema(case_columns(Office.model_validate(office))))

    return CaseFiles(
        read_kept(folder / FACTS_FILE, COMMAND, facts),
        read_kept(folder / COURSE_FILE, COMMAND, lambda path: frame_of(path, COURSE)),
    )


def check_plan(folder: Path, reader: Reader) -> Checked:
    """Everything in which a kept plan is not as it should be, to a reader who has that in hand.

    If files are not those of the manifest, nothing else is read. `BadInput` for files that
    cannot be read, `Refused` where nothing can be computed from them.
    """
    changed = file_differences(folder, reader, FILES)
    if changed:
        return Checked.of(changed)
    kept = read_plan(folder)
    check_format(folder, kept.format)
    with computing(folder):
        if kept.format == OLD:
            return _check_old(kept, folder.name, reader)
        return _check_whole(PlanFolder.read(folder, kept), folder.name, reader)


def verified_plan(folder: Path) -> Kept:
    """A kept plan; `Refused` if it is not what its manifest, frame and seed give."""
    check_plan(folder, Reader()).require(folder, _("Nothing is estimated from it."))
    return read_plan(folder)


def _check_old(kept: Kept, name: str, reader: Reader) -> Checked:
    """A plan of the first format, which keeps nothing that binds more than the draw."""
    if isinstance(reader.commitment, Commitment) or reader.totals is not None:
        raise Refused(_("A plan without a manifest has no commitment and no counts to compare."))
    checked = Checked.drawn_again(verify(kept, reader.commitment))
    return checked if checked.differences else replace(checked, draw=_draw_of(kept, name))


def _check_whole(plan: PlanFolder, name: str, reader: Reader) -> Checked:
    again = draw_again(plan.kept)
    found = (
        *differences(plan.kept, again),
        *_sheet_differences(plan, again),
        *_page_differences(plan, again),
        *_closings_differences(plan),
        *_commitment_differences(plan, reader),
        *_totals_differences(plan, reader),
    )
    says = () if found else (matching(plan.kept), *_worth(plan, reader))
    return Checked.of(found, says, _draw_of(plan.kept, name))


def _draw_of(kept: Kept, name: str) -> KeptDraw:
    return KeptDraw(name, str(kept.manifest["frame_hash"]), kept.parameters.seed)


def _sheet_differences(plan: PlanFolder, again: SpotCheckPlan) -> Iterator[Sayable]:
    """In what the list that people got, and what it is said to be worth, is another."""
    kept, office = plan.kept.manifest, Office.model_validate(plan.office)
    sheet = plan_sheet(_result(plan, again), office, spoken_in(kept), plan.shown)
    yield from sheet_differences(SHEET_FILE, plan.sheet, sheet)
    if kept.get("worth") != str(worth(plan.commitment)):
        yield _("`plan.json` has another {name} than the draw.", name="worth")


def _result(plan: PlanFolder, again: SpotCheckPlan) -> PlannedSpotChecks:
    risks_by = plan.kept.manifest.get("risks_by", "model")
    return PlannedSpotChecks(again, plan.reasons, {}, risks_by)


def _page_differences(plan: PlanFolder, again: SpotCheckPlan) -> Iterator[Sayable]:
    """Which pages are not those that are written again.

    Another version of the program writes other pages: theirs the manifest alone binds.
    """
    kept, files = plan.kept.manifest, plan.files
    if files is None or kept.get("code") != code_version():
        return
    noted = replace(again, notes=tuple(map(from_json, kept["notes_said"])))
    office, language = Office.model_validate(plan.office), spoken_in(kept)
    pages = plan_pages(_result(plan, noted), office, language, plan.shown, files)
    for name, text in pages.items():
        if plan.pages.get(name) != text:
            yield OTHER_PAGE.filled(file=name)
    form = grade_workbook(grade_form(noted, office, language))
    if plan.grades is not None and not is_same_workbook(plan.grades, form):
        yield _("{file} is not the form that is written again.", file=GRADES_FILE)


def _closings_differences(plan: PlanFolder) -> Iterator[Sayable]:
    """Units and months of which the frame has more cases than were counted."""
    keys, frame = ["unit", "month"], plan.kept.frame
    of_frame = totals.closings(frame, datetime.max, moment_in(frame))
    both = of_frame.join(plan.closings, on=keys, how="left", suffix="_counted")
    more = both.filter(pl.col("closed") > pl.col("closed_counted").fill_null(0))
    for unit, month in more.sort(keys).select(keys).head(1).iter_rows():
        yield _(
            "{file} counts fewer cases of unit {unit} in {month} than the frame has.",
            file=CLOSINGS_FILE,
            unit=unit or _("(none)"),
            month=month,
        )


def _commitment_differences(plan: PlanFolder, reader: Reader) -> Iterator[Sayable]:
    """In what the draw is not the one that was promised, to the reader or in the folder."""
    given, kept = reader.commitment, plan.commitment
    if isinstance(given, str):
        yield from () if is_committed(plan.kept.parameters.seed, given) else (OTHER_SEED,)
    elif given is not None:
        yield from check(given, plan.inputs, plan.secret_seed, reader.beacon_value)
        if kept is not None and kept != given:
            yield _("{file} is not the commitment that was given.", file=COMMITMENT_FILE)
    if kept is not None and kept != given:
        yield from check(kept, plan.inputs, plan.secret_seed, plan.beacon_value)


def _totals_differences(plan: PlanFolder, reader: Reader) -> list[Sayable]:
    if reader.totals is None:
        return []
    as_of = plan.kept.parameters.as_of
    return totals.differences(plan.closings, reader.totals, as_of)


def _worth(plan: PlanFolder, reader: Reader) -> Iterator[Sayable]:
    """What was published, and what a draw that agrees with it is worth."""
    if isinstance(reader.commitment, str):
        yield SEED_ALONE
    elif reader.commitment is None and plan.commitment is not None:
        yield _(
            "The folder holds a commitment with the hash {hash}. Only one that was published "
            "before the draw shows more than the seed does: give it with `--commitment FILE`.",
            hash=plan.commitment.hash,
        )
    else:
        if reader.commitment is not None:
            yield _("Hash of the commitment: {hash}", hash=reader.commitment.hash)
        yield worth(reader.commitment)
