"""An intake that is kept comes back as it was suggested."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.errors import Refused
from cases.tables.tables import new_case_columns
from serving.kept.home.drawing import made_from
from serving.kept.home.intakes import INTAKES, keep_intake, kept_intake
from serving.use_cases.intake.suggesting import IntakeSuggestions, intake
from serving.use_cases.remembered import GivenBy
from tests.serving.http.pages.visits import office_of

OF = office_of()


@pytest.fixture(scope="module")
def suggestions() -> IntakeSuggestions:
    """Two new cases of unit u2."""
    rows = [
        {"case_id": case, "opened_at": OF.tables.latest_record, "kind": kind, "unit": "u2"}
        for case, kind in (("n1", "theft"), ("n2", "fraud"))
    ]
    new = pl.DataFrame(rows, new_case_columns(OF.office))
    return intake(OF, new, seed="1")


def test_what_was_suggested_is_suggested_again(
    suggestions: IntakeSuggestions, tmp_path: Path
) -> None:
    """Tracks, handlers, who could take which case and who could not."""
    manifest = keep_intake(tmp_path, suggestions, OF.office, "en", made_from(OF))
    assert manifest is not None
    assert suggestions.assignment is not None
    code = suggestions.assignment.assignment_id
    kept = kept_intake(tmp_path, GivenBy(code, manifest.hash))
    assert kept is not None
    assert kept.suggestions.cases.equals(suggestions.cases)
    assert kept.suggestions.assignment is not None
    assert kept.suggestions.assignment.lines.equals(suggestions.assignment.lines)
    assert {handler for handler, _share in kept.who["n1"].eligible} == {"h2", "h3", "h4"}
    assert {handler for handler, _share in kept.who["n2"].eligible} == {"h2", "h3"}


def test_a_folder_that_was_changed_is_not_shown(
    suggestions: IntakeSuggestions, tmp_path: Path
) -> None:
    """Nobody decides by what was not recorded."""
    manifest = keep_intake(tmp_path, suggestions, OF.office, "en", made_from(OF))
    assert manifest is not None
    (folder,) = (tmp_path / INTAKES).iterdir()
    (folder / "intake.csv").write_text("other")
    with pytest.raises(Refused, match="not as it was written"):
        kept_intake(tmp_path, GivenBy(folder.name, manifest.hash))


def test_what_a_program_asked_for_is_not_kept(tmp_path: Path) -> None:
    """Nor what has no folder here."""
    assert kept_intake(tmp_path, GivenBy("x", None)) is None
    assert kept_intake(tmp_path, GivenBy("x", "a" * 64)) is None
