"""An intake's folder: `intake.csv` and `intake.html` for people, the rest to draw it again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from cases.files import made_folder, replaced
from cases.language.catalogues import Language
from cases.language.messages import Sayable, _
from cases.language.values import Value
from cases.spreadsheet import write_for_people
from cases.tables.tables import Tables
from cli.files.folders import (
    check_unused,
    frame_of,
    json_object,
    read_kept,
    reason_columns,
    write_json,
)
from evaluation.pages.intake import Sheet, render_intake
from policies.assignment.obstacles import changes, says
from policies.assignment.result import CHANCES, LINES, DrawnAssignment
from policies.assignment.verify import verify_assignment
from policies.assignment.who_may import WhoMay, who_may
from policies.verified import Verified
from serving.use_cases.intake import REASONS_SHOWN, IntakeSuggestions

SHEET_FILE, PAGE_FILE, LOADS_FILE = "intake.csv", "intake.html", "loads.csv"
CHANCES_FILE, EXCLUDED_FILE, JSON_FILE = "chances.parquet", "excluded.parquet", "intake.json"
FILES = (JSON_FILE, SHEET_FILE, PAGE_FILE, LOADS_FILE, CHANCES_FILE, EXCLUDED_FILE)
COMMAND = "triage intake"
KEPT = pl.Schema(CHANCES | {"kind": pl.String()})


def check_intake_folder(folder: Path) -> None:
    """`BadInput` if an intake could not be written into `folder`, or one is there already."""
    check_unused(folder, FILES, _("already holds an intake"))


def write_intake(
    suggestions: IntakeSuggestions,
    tables: Tables,
    language: Language,
    made_from: dict[str, Any],
    folder: Path,
) -> None:
    """Write the files, their words in `language`; without a handler table those that need none."""
    made_folder(folder)
    sheet = intake_sheet(suggestions, language)
    if suggestions.assignment is not None:
        _write_draw(suggestions.assignment, suggestions.cases, language, folder)
    page = render_intake(page_sheet(suggestions, sheet, tables), tables.office, language)
    write_json(_manifest(suggestions, sheet) | made_from, folder / JSON_FILE)
    replaced(folder / PAGE_FILE, lambda path: path.write_text(page, "utf-8"))
    replaced(folder / SHEET_FILE, lambda path: write_for_people(sheet, path))


def _manifest(suggestions: IntakeSuggestions, sheet: pl.DataFrame) -> dict[str, Any]:
    """What binds the sheet to the draw."""
    assignment = suggestions.assignment
    described = {} if assignment is None else assignment.describe()
    return described | {"suggested_hash": suggested_hash(sheet)}


def _write_draw(
    assignment: DrawnAssignment, cases: pl.DataFrame, language: Language, folder: Path
) -> None:
    """Write the probabilities, who was left out and why, and the loads."""
    kinds = cases.select("case_id", "kind")
    chances = assignment.chances.join(kinds, on="case_id", maintain_order="left")
    excluded = _explained(assignment.excluded, language)
    replaced(folder / CHANCES_FILE, chances.write_parquet)
    replaced(folder / EXCLUDED_FILE, excluded.write_parquet)
    replaced(folder / LOADS_FILE, lambda path: write_for_people(assignment.loads, path))


def _explained(excluded: pl.DataFrame, language: Language) -> pl.DataFrame:
    """`excluded` with `says` and `changes`: why not, and what would change it."""
    obstacles = excluded.select("reason", "detail").unique()

    def words(say: Callable[[str, str], Sayable]) -> pl.Series:
        sentences = [say(*obstacle).say(language) for obstacle in obstacles.iter_rows()]
        return pl.Series(sentences, dtype=pl.String)

    said = obstacles.with_columns(says=words(says), changes=words(changes))
    keys = ["reason", "detail"]
    return excluded.join(said, on=keys, how="left", nulls_equal=True, maintain_order="left")


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


def page_sheet(suggestions: IntakeSuggestions, sheet: pl.DataFrame, tables: Tables) -> Sheet:
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
    units = tables.handler_rows.select("handler", "unit")
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


def read_intake(folder: Path) -> tuple[dict[str, Any], pl.DataFrame, pl.DataFrame]:
    """The manifest of an intake, its probabilities with the kind of case, and its lines.

    `BadInput` if a file is missing or not what `triage intake` wrote; the lines are those of
    `intake.csv`, as people got them.
    """
    manifest = read_kept(folder / JSON_FILE, COMMAND, json_object)
    chances = read_kept(folder / CHANCES_FILE, COMMAND, lambda path: frame_of(path, KEPT))
    return manifest, chances, read_kept(folder / SHEET_FILE, COMMAND, _lines)


def _lines(path: Path) -> pl.DataFrame:
    numbers = pl.col("probability", "effort").cast(pl.Float64)
    texts = pl.read_csv(path, infer_schema=False)
    lines = texts.select("case_id", "track", "handler", "how", numbers)
    # `write_for_people` puts an apostrophe before what a spreadsheet would run
    return lines.with_columns(pl.col("case_id", "handler").str.replace("^'", ""))


def verify_intake(
    manifest: dict[str, Any],
    chances: pl.DataFrame,
    lines: pl.DataFrame,
    published: str | None = None,
) -> Verified:
    """Whether the handlers drawn are those that chances and seed give, and the rest is unchanged.

    Of what `read_intake` gave; `published` is the commitment to the seed, if one was published
    before the draw.
    """
    drawn = verify_assignment(manifest, chances, lines, published)
    if drawn.matches and suggested_hash(lines) != manifest.get("suggested_hash"):
        problem = _(
            "It does NOT match: {file} has another track or designation than was written.",
            file=SHEET_FILE,
        )
        return Verified(False, problem)
    return drawn


def suggested_hash(sheet: pl.DataFrame) -> str:
    """SHA-256 (hex) of what is suggested for each case: track, handler, how."""
    suggested = sheet.select("case_id", "track", "handler", "how")
    return hashlib.sha256(suggested.write_csv().encode()).hexdigest()


def given_in(folder: Path) -> pl.DataFrame:
    """The cases that an intake gave to somebody, columns of `serving.use_cases.intake.GIVEN`."""
    _manifest_kept, _chances, lines = read_intake(folder)
    return lines.drop_nulls("handler").select("case_id", "handler", "effort")
