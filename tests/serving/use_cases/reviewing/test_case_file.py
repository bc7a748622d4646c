"""A case for people: its facts and course, and where a reason points to."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.language.messages import say
from serving.access.caller import Scope
from serving.use_cases.reviewing.case_file import COURSE, case_file, place_of
from tests.serving.use_cases.reviewing.office import office_under_review


@pytest.mark.parametrize(
    ("feature", "place"),
    [
        ("attribute.suspects", "fact-suspects"),
        ("attribute.unit", "fact-unit"),
        ("process.count.returned", "event-2"),  # the newest is `decided`
        ("process.days_since.accepted", "event-3"),
        ("process.longest_gap", COURSE),
        ("process.rework", "event-2"),
        ("history.kind_usual_days", "fact-kind"),
        ("no.such.feature", None),
    ],
)
def test_a_reason_points_to_what_it_rests_on(
    tmp_path: Path, feature: str, place: str | None
) -> None:
    """An event of the activity that the feature names, else a fact, else the course as a whole."""
    context = office_under_review(tmp_path).context
    file = case_file(context, "b")
    assert file is not None
    assert place_of(context.office, feature, file) == place


def test_the_course_is_newest_first_without_times_that_nobody_gave(tmp_path: Path) -> None:
    """An event that was recorded by its day alone has no 00:00."""
    file = case_file(office_under_review(tmp_path).context, "b")
    assert file is not None
    shown = [(say(event.at, "en"), say(event.what, "en")) for event in file.events]
    assert shown == [
        ("25 January 2026", "decided"),
        ("15 January 2026 09:00", "returned for supplementary investigation"),
        ("1 January 2026", "accepted"),
    ]


def test_a_long_course_comes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The places of events stay the same whichever part is shown."""
    monkeypatch.setattr("serving.use_cases.reviewing.case_file.MOST_EVENTS", 2)
    context = office_under_review(tmp_path).context
    first, rest = case_file(context, "b"), case_file(context, "b", 2)
    assert first is not None
    assert rest is not None
    assert [event.place for event in first.events] == ["event-1", "event-2"]
    assert first.earlier == 1
    assert [event.place for event in rest.events] == ["event-3"]
    assert rest.earlier == 0


def test_a_case_out_of_scope_is_not_there(tmp_path: Path) -> None:
    """As one that nobody has."""
    context = office_under_review(tmp_path).context
    assert case_file(context.within(Scope(frozenset({"u2"}))), "b") is None
    assert case_file(context, "no such case") is None
