"""An intake's folder: `intake.csv` and `intake.html` for people, the rest to make it again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from cases.integrity.manifest import Manifest, Write, check_new_folder, write_folder
from cases.language.catalogues import Language
from cases.language.messages import Sayable
from cases.language.values import Value
from cases.office.model import Office
from evaluation.pages.intake import Sheet, render_intake
from policies.assignment.result import LINES, DrawnAssignment
from policies.assignment.who_may import WhoMay, who_may
from policies.tickets import FORMAT
from serving.kept.drawn import DRAW_FILES, PublishedDraw
from serving.kept.folders import (
    OFFICE_FILE,
    REASONS_FILE,
    json_file,
    office_file,
    reason_columns,
    reasons_file,
    sheet_file,
    text_file,
)
from serving.use_cases.intake.suggesting import REASONS_SHOWN, IntakeInputs, IntakeSuggestions

SHEET_FILE, PAGE_FILE, JSON_FILE = "intake.csv", "intake.html", "intake.json"
CASES_FILE, HANDLERS_FILE = "cases.parquet", "handlers.parquet"
RECUSALS_FILE = "recusals.parquet"
FILES = (
    *(JSON_FILE, SHEET_FILE, PAGE_FILE, *DRAW_FILES),
    *(CASES_FILE, HANDLERS_FILE, RECUSALS_FILE, OFFICE_FILE, REASONS_FILE),
)
COMMAND = "triage intake"


@dataclass(frozen=True)
class PublishedIntake:
    """What people get of an intake: the list, the page, and the description of the draw.

    `draw` is None without a handler table.
    """

    sheet: pl.DataFrame
    page: str
    described: dict[str, Any]
    draw: PublishedDraw | None

    @classmethod
    def of(
        cls, suggestions: IntakeSuggestions, office: Office, language: Language
    ) -> PublishedIntake:
        """Of suggestions, the words in `language`."""
        sheet, assignment = intake_sheet(suggestions, language), suggestions.assignment
        draw = None
        if assignment is not None:
            kinds = suggestions.cases.select("case_id", "kind")
            draw = PublishedDraw.of(assignment, language).with_kinds(kinds)
        page = render_intake(page_sheet(suggestions, sheet), office, language)
        return cls(sheet, page, _described(suggestions, sheet), draw)

    @property
    def files(self) -> dict[str, Write]:
        """What writes each file but for the description."""
        drawn = {} if self.draw is None else self.draw.files
        return drawn | {PAGE_FILE: text_file(self.page), SHEET_FILE: sheet_file(self.sheet)}


def check_intake_folder(folder: Path) -> None:
    """`BadInput` if an intake could not be written into `folder`, or something is there."""
    check_new_folder(folder, FILES)


def write_intake(
    suggestions: IntakeSuggestions,
    office: Office,
    language: Language,
    made_from: Mapping[str, Any],
    folder: Path,
) -> Manifest:
    """Write the files, their words in `language`, and the manifest, which is returned.

    Without a handler table those that need none.
    """
    published = PublishedIntake.of(suggestions, office, language)
    described = published.described | dict(made_from) | {"language": language}
    files: dict[str, Write] = published.files | _input_files(suggestions.inputs)
    files |= {
        OFFICE_FILE: office_file(office),
        REASONS_FILE: reasons_file(suggestions.reasons),
        JSON_FILE: json_file(described),
    }
    return write_folder(folder, files, {"command": COMMAND, "format": FORMAT}, FILES)


def _input_files(inputs: IntakeInputs) -> dict[str, Write]:
    """What writes the tables that the suggestions follow from."""
    return {
        CASES_FILE: inputs.cases.write_parquet,
        HANDLERS_FILE: inputs.handlers.write_parquet,
        RECUSALS_FILE: inputs.recusals.write_parquet,
    }


def _described(suggestions: IntakeSuggestions, sheet: pl.DataFrame) -> dict[str, Any]:
    """What binds the sheet to the draw, and what the tracks follow from besides the cases."""
    assignment, inputs = suggestions.assignment, suggestions.inputs
    described = {"format": FORMAT} if assignment is None else assignment.describe()
    return described | {
        "audit_seed": inputs.seed,
        "cutoffs": asdict(inputs.cutoffs),
        "unestimated": list(inputs.unestimated),
        "suggested_hash": suggested_hash(sheet),
    }


def intake_sheet(suggestions: IntakeSuggestions, language: Language) -> pl.DataFrame:
    """One row per new case: track, effort, handler, and why."""
    cases, assignment = suggestions.cases, suggestions.assignment
    lines = pl.DataFrame(schema=LINES) if assignment is None else assignment.lines
    whys = {} if assignment is None else assignment.why
    case_ids = cases["case_id"]
    return cases.join(lines, on="case_id", how="left", maintain_order="left").select(
        "case_id",
        "opened_at",
        "kind",
        "unit",
        "track",
        "called",
        "audit_probability",
        _sentences("why", suggestions.why, case_ids, language),
        pl.col("complex_probability").round(6),
        pl.col("effort", "effort_low", "effort_high").round(2),
        "handler",
        "how",
        "probability",
        "eligible",
        _sentences("how_so", whys, case_ids, language),
        *reason_columns(suggestions.reasons, case_ids, REASONS_SHOWN, language),
        "rule",
    )


def _sentences(
    name: str, says: Mapping[str, Sayable], case_ids: pl.Series, language: Language
) -> pl.Series:
    """A column with the sentence of each case, null where there is none."""
    words = [says[case].say(language) if case in says else None for case in case_ids]
    return pl.Series(name, words, dtype=pl.String)


def page_sheet(suggestions: IntakeSuggestions, sheet: pl.DataFrame) -> Sheet:
    """What the page shows of an intake, whose `intake_sheet` is `sheet`."""
    assignment = suggestions.assignment
    cases = {case["case_id"]: case for case in sheet.to_dicts()}
    for case_id, case in cases.items():
        reasons = suggestions.reasons.get(case_id, ())
        sentences = [reason.sentence for reason in reasons]
        case.update(reasons=sentences, eligible=[], excluded=[])
    if assignment is None:
        return Sheet([*cases.values()], pl.DataFrame(), suggestions.notes, {})
    for group in who_may(assignment):
        for case_id in group.case_ids:
            cases[case_id].update(_may(group))
    units = suggestions.inputs.handlers.select("handler", "unit")
    loads = assignment.loads.join(units, on="handler", how="left").sort("unit", "handler")
    return Sheet([*cases.values()], loads, suggestions.notes, _made(assignment))


def _may(group: WhoMay) -> dict[str, Any]:
    """Who may take a case and who may not, as the page shows it."""
    eligible = [
        {"handler": handler, "probability": probability} for handler, probability in group.eligible
    ]
    excluded = [
        {"reason": without.says, "changes": without.changes, "handlers": without.handlers}
        for without in group.excluded
    ]
    return {"eligible": eligible, "excluded": excluded}


def _made(assignment: DrawnAssignment) -> dict[str, Sayable | str]:
    """Of what an assignment was made, by name."""
    parameters = assignment.parameters
    return {
        "as_of": Value(parameters.as_of),
        "seed": parameters.seed,
        "floor": f"{parameters.floor:g}",
        "assignment_id": assignment.assignment_id,
    }


def suggested_hash(sheet: pl.DataFrame) -> str:
    """SHA-256 (hex) of what is suggested for each case: track, handler, how."""
    suggested = sheet.select("case_id", "track", "handler", "how")
    return hashlib.sha256(suggested.write_csv().encode()).hexdigest()
