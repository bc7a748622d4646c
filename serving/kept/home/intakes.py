"""Suggestions for new cases that the office keeps, so that people can decide about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from cases.files import folder_in_place
from cases.integrity.manifest import MANIFEST, Manifest, check_folder
from cases.language.catalogues import Language
from cases.office.model import Office
from policies.assignment.who_may import WhoMay, who_may
from serving.kept.checked import computing
from serving.kept.folders import OFFICE_FILE, REASONS_FILE, json_object, read_kept, read_reasons
from serving.kept.intake.checks import inputs_in
from serving.kept.intake.folder import COMMAND, JSON_FILE, write_intake
from serving.use_cases.intake.suggesting import IntakeSuggestions, suggested
from serving.use_cases.remembered import GivenBy

INTAKES = "intakes"  # the folder, in that of the office's models
MOST_HELD = 50  # intakes, each once a process


@dataclass(frozen=True)
class KeptSuggestions:
    """An intake as it was kept, with what pages ask of single cases."""

    suggestions: IntakeSuggestions

    @cached_property
    def cases(self) -> Mapping[str, Mapping[str, Any]]:
        """The row of each case (`IntakeSuggestions.cases`), by id."""
        rows = self.suggestions.cases.iter_rows(named=True)
        return {row["case_id"]: row for row in rows}

    @cached_property
    def lines(self) -> Mapping[str, Mapping[str, Any]]:
        """Who gets each case (`LINES` of the assignment), by id; none without handlers."""
        assignment = self.suggestions.assignment
        rows = () if assignment is None else assignment.lines.iter_rows(named=True)
        return {row["case_id"]: row for row in rows}

    @cached_property
    def who(self) -> Mapping[str, WhoMay]:
        """Who may take each drawn case, and who may not, by id."""
        assignment = self.suggestions.assignment
        groups = () if assignment is None else who_may(assignment)
        return {case_id: group for group in groups for case_id in group.case_ids}


def keep_intake(
    home: Path,
    suggestions: IntakeSuggestions,
    office: Office,
    language: Language,
    made_from: Mapping[str, Any],
) -> Manifest | None:
    """Keep suggestions in the office's `home`, and give back the manifest of their folder.

    None, and nothing kept, without a handler table: there is nothing to decide then.
    """
    if suggestions.assignment is None:
        return None
    folder = home / INTAKES / suggestions.assignment.assignment_id
    folder_in_place(folder, partial(write_intake, suggestions, office, language, made_from))
    return check_folder(folder)


def kept_intake(home: Path, intake: GivenBy) -> KeptSuggestions | None:
    """An intake that was recorded; None where the office keeps no folder of it.

    `Refused` if the folder is not the one that was recorded, `BadInput` if it cannot be read.
    """
    folder = home / INTAKES / intake.code
    if intake.manifest is None or not (folder / MANIFEST).is_file():
        return None
    return _read(folder, intake.manifest)


@lru_cache(maxsize=MOST_HELD)
def _read(folder: Path, recorded: str) -> KeptSuggestions:
    check_folder(folder, recorded)
    described = read_kept(folder / JSON_FILE, COMMAND, json_object)
    office = read_kept(folder / OFFICE_FILE, COMMAND, json_object)
    reasons = read_kept(folder / REASONS_FILE, COMMAND, read_reasons)
    with computing(folder):
        again = suggested(inputs_in(folder, described), Office.model_validate(office), reasons)
    return KeptSuggestions(again)
