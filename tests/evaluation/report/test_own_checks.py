"""What the report shows of the office's own checks."""

from __future__ import annotations

import dataclasses

from cases.language.texts import Text
from evaluation.report.chapters import quality
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure
from evaluation.surveys.caught import CaughtIn
from evaluation.surveys.own_check import OwnCheck
from tests.factories.pages import rows_of, titled


def test_own_checks_have_a_table_where_there_are_any(summary: ReportSummary) -> None:
    """A line a kind of check, what it misses and what it catches; a range where too few."""
    title = "What the office's own checks miss"
    assert title not in {str(part.title) for part in quality.chapter(summary).exhibits}
    check = OwnCheck(900, 100, Figure(0.05, 0.03, 0.08, 40), Figure.withheld(9))
    with_checks = dataclasses.replace(summary, own_checks={"self_check": check})
    exhibit = titled(quality.chapter(with_checks), title)
    ((name, passed, failed, missed, caught),) = exhibit.rows
    assert [str(cell) for cell in (name, passed, failed)] == ["Self check", "900", "100"]
    assert str(missed) == "5.0% (3.0% to 8.0%)"
    assert "too few" in str(caught)


def test_what_checks_catch_by_dimension_has_a_table(summary: ReportSummary) -> None:
    """A line a dimension, with the number of defects it is from."""
    lines = (
        CaughtIn("facts", Text(en="facts"), Figure(0.4, 0.2, 0.6, 30)),
        CaughtIn("effect", Text(en="effect"), Figure.withheld(3)),
    )
    check = OwnCheck(900, 100, Figure(0.05, 0.03, 0.08, 40), Figure.withheld(9), lines)
    with_checks = dataclasses.replace(summary, own_checks={"self_check": check})
    exhibit = titled(
        quality.chapter(with_checks), "What the office's own checks catch, by dimension"
    )
    facts, effect = rows_of(exhibit)
    assert facts == ("Self check", "facts", "30", "40% (20% to 60%)")
    assert effect[:3] == ("Self check", "effect", "3")
    assert "too few" in effect[3]
