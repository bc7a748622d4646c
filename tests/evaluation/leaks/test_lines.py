"""Tests of `evaluation/leaks/lines.py`."""

from __future__ import annotations

from cases.language.messages import Sayable, _
from evaluation.leaks.lines import Line, in_lines


def of(column: str, severity: str, evidence: Sayable, accepted: str | None = None) -> Line:
    """A finding of one column."""
    return Line((column,), severity, evidence, accepted)


def stands(code: str, share: float) -> Sayable:
    """Evidence with a value and a figure."""
    return _("“{code}” in {share:.0%}.", code=code, share=share)


def test_ten_alike_become_one() -> None:
    """The same value in ten columns: one line with the figures of the first."""
    ten = [of(f"c{number}", "blatant", stands("UNKNOWN", number / 20)) for number in range(10)]
    (line,) = in_lines(ten)
    assert line.columns == tuple(f"c{number}" for number in range(10))
    said = line.evidence.say("en")
    assert said == "“UNKNOWN” in 0%. Much the same holds for 9 other columns."


def test_the_same_evidence_is_said_once() -> None:
    """Columns that are found together share their sentence, and nothing is added."""
    both = _("a, b together")
    (line,) = in_lines([of("a", "blatant", both), of("b", "blatant", both)])
    assert (line.columns, line.evidence.say("en")) == (("a", "b"), "a, b together")


def test_all_of_a_column_is_one_line() -> None:
    """Two sorts of evidence, one of them blatant."""
    (line,) = in_lines([of("a", "suspicious", _("x.")), of("a", "blatant", _("y."))])
    assert (line.severity, line.evidence.say("en")) == ("blatant", "x. y.")


def test_what_differs_stays_apart() -> None:
    """Another value, another severity, or accepted: lines of their own, in order."""
    lines = in_lines(
        [
            of("a", "blatant", stands("UNKNOWN", 0.2)),
            of("b", "blatant", stands("0", 0.2)),
            of("c", "suspicious", stands("UNKNOWN", 0.2)),
            of("d", "blatant", stands("UNKNOWN", 0.2), "it is so"),
        ]
    )
    assert [line.columns for line in lines] == [("a",), ("b",), ("c",), ("d",)]
