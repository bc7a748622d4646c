"""Each number of a sentence is true of the evidence, and findings do not contradict each other."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from cases.language.messages import _
from evaluation.report.findings.finding import Finding
from evaluation.report.findings.found import findings
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure
from tests.factories.pages import (
    GOOD,
    by_subject,
    with_drift,
    with_model,
    with_signal,
    with_since,
)


def numbers(value: object) -> Iterator[float]:
    """Every number in a piece of evidence."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from numbers(getattr(value, field.name))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from numbers(part)


def names(value: object) -> Iterator[str]:
    """Every name in a piece of evidence: of quarters, periods and the like."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from names(getattr(value, field.name))


def untrue(finding: Finding) -> list[str]:
    """The numbers of its English sentence that are no rounding of a number of its evidence."""
    text = finding.what.say("en")
    for name in names(finding.evidence):
        text = text.replace(name, "")
    known = [scale * number for number in numbers(finding.evidence) for scale in (1, 100)]
    return [
        written
        for written in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)
        if not any(is_rounding(written.rstrip(",").replace(",", ""), number) for number in known)
    ]


def is_rounding(written: str, number: float) -> bool:
    """Whether a number was written as it is, to the digits that are shown."""
    digits = len(written.partition(".")[2])
    return abs(float(written) - number) <= 0.5 / 10**digits + 1e-9


@pytest.mark.parametrize("off", [False, True])
@pytest.mark.parametrize("lift", [(3.0, 2.0, 4.0), (1.1, 0.7, 1.5)])
@pytest.mark.parametrize("auc", [(0.7, 0.65, 0.75), (0.6, 0.55, 0.65), (0.55, 0.49, 0.61)])
@pytest.mark.parametrize("signal", [True, False])
def test_each_number_is_true_of_the_summary(
    summary: ReportSummary,
    off: bool,
    lift: tuple[float, float, float],
    auc: tuple[float, float, float],
    signal: bool,
) -> None:
    """Read back from the sentences, every number is one of the evidence, to the digits shown."""
    made = with_drift(with_since(summary, auc=Figure(*auc, 80)), alarm=off)
    made = with_signal(with_model(made, **(GOOD | {"lift": Figure(*lift, 90)})), signal)
    found = findings(made)
    assert {finding.code: untrue(finding) for finding in found if untrue(finding)} == {}
    assert sum(bool(re.search(r"\d", str(finding.what))) for finding in found) > 5


def test_a_number_that_is_not_true_is_noticed(summary: ReportSummary) -> None:
    """The check above finds a sentence with other numbers than its evidence."""
    finding = by_subject(summary)["quality"]
    assert untrue(dataclasses.replace(finding, what=_("An estimated 93.7% have a defect.")))


def test_evidence_is_frozen(summary: ReportSummary) -> None:
    """What a finding rests on is a value that nobody can change."""
    for finding in findings(with_since(summary)):
        parameters = getattr(type(finding.evidence), "__dataclass_params__", None)
        assert parameters is not None, finding.code
        assert parameters.frozen, finding.code


def test_no_two_findings_contradict_each_other(summary: ReportSummary) -> None:
    """What one finding of a report shows, no other refutes."""
    for auc in ((0.7, 0.65, 0.75), (0.55, 0.49, 0.61)):
        found = findings(with_since(summary, auc=Figure(*auc, 80)))
        shown = {claim for finding in found for claim in finding.shows}
        assert shown.isdisjoint(claim for finding in found for claim in finding.refutes)
