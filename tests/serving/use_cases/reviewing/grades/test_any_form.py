"""Whatever stands in the cells of a form, it is read or named as a fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.errors import BadInput
from serving.use_cases.reviewing.grades.filled import filled_in
from serving.work.reviewing import Graded
from tests.serving.kept.forms import DONE, a_form, an_office, came_back, cells_of, row_of

OF = an_office()
FORM = a_form(OF)
SAID = (
    *("yes", "no", "good", "bad", "flaw", "excellent", "consolidated grade", "second reading"),
    *("a", "b", "x", "2026-03-01", "2026-02-30", "1.5", "-3", "nan", "inf", "1e400"),
    *("=1+1", "'=1+1", "\u3000", "\u200b", FORM.plan_id),
)
TEXTS = st.none() | st.text(max_size=20) | st.sampled_from(SAID)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str | None]:
    """A row that is done, in which some cells hold anything."""
    row = cells_of(FORM, draw(st.sampled_from(FORM.rows)), **DONE)
    changed = draw(st.dictionaries(st.sampled_from(sorted(row)), TEXTS, max_size=6))
    return row | changed


@given(st.lists(rows(), max_size=6))
@settings(max_examples=150)
def test_every_row_is_done_at_fault_or_waits(filled: list[dict[str, Any]]) -> None:
    """What is done can be recorded and read back; a fault names its row and says what to do."""
    try:
        found = filled_in(came_back(FORM, *filled), FORM, OF.office)
    except BadInput:  # every row names another plan
        named = {row["plan"] for row in filled} - {None}
        assert named
        assert FORM.plan_id not in named
        return
    for one in found.done:
        assert Graded.model_validate_json(one.step.model_dump_json()) == one.step
        assert one.planned == row_of(FORM, one.step.case_id)
        assert one.step.grade in {grade.code for grade in OF.office.reviews.grades}
    at_fault = {fault.row for fault in found.faults}
    assert at_fault.isdisjoint(one.row for one in found.done)
    assert at_fault <= set(range(2, len(filled) + 2))
    assert all(str(fault.problem) and str(fault.remedy) for fault in found.faults)
    assert 0 <= found.waiting <= len(FORM.rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_heading_is_there_once(language: str) -> None:
    """In each language."""
    headings = list(a_form(OF, language).columns.values())
    assert len(set(headings)) == len(headings)
