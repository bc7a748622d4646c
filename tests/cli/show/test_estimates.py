"""What `triage estimate --at-most` says."""

from __future__ import annotations

import pytest

from cli.console import Terminal
from cli.show.estimates import show_claims, show_estimate, show_together
from evaluation.statistics.metrics import Figure
from evaluation.surveys.claims import Claim, Together
from evaluation.surveys.estimate import Estimate, GroupRate
from evaluation.surveys.of_plans import Surveys


@pytest.mark.parametrize(
    ("evidence", "more", "said"),
    [
        (25.0, 0.1, "At most 10.0% of the 6,000 cases of all 2 plans together are defective"),
        (0.1, 25.0, "More than 10.0% of the 6,000 cases of all 2 plans together are defective"),
        (3.0, 0.5, "It is not shown that at most 10.0% of the 6,000 cases"),
    ],
)
def test_several_plans_together(
    capsys: pytest.CaptureFixture, evidence: float, more: float, said: str
) -> None:
    """One of three sentences, and both kinds of evidence."""
    show_together(Terminal("en"), Together(0.1, 2, 6000, 300, evidence, more))
    shown = capsys.readouterr().out
    assert said in shown
    assert f"the evidence is {evidence:.2f}, and {more:.2f} that more are" in shown


def test_more_than_claimed(capsys: pytest.CaptureFixture) -> None:
    """A claim shown to be false is said to be."""
    show_claims(Terminal("en"), [Claim(0.1, 3000, 350, 80, (), 0, 0.01, None, 75, possible=True)])
    assert "More than 10.0% of the 3,000 cases are defective" in capsys.readouterr().out


def test_reviews_behind_a_gap(capsys: pytest.CaptureFixture) -> None:
    """How many reviews do not count yet is said, and which case they wait for."""
    waits = Claim(0.1, 3000, 50, 11, ("1461", "7"), 36, 1.2, None, None, possible=True)
    show_claims(Terminal("en"), [waits])
    shown = " ".join(capsys.readouterr().out.split())
    assert "36 further reviews have come back and do not count yet" in shown
    assert "case 1461 comes before them. Next to read, in this order: 1461, 7." in shown


@pytest.mark.parametrize(("shrunk", "alike"), [(1.0, True), (0.4, False)])
def test_groups_that_show_no_difference(
    capsys: pytest.CaptureFixture, shrunk: float, *, alike: bool
) -> None:
    """Where every rate is drawn to that of the whole, it is said that no difference can be seen."""
    rate = Figure(0.2, 0.1, 0.3, 40)
    groups = tuple(GroupRate(name, 50, 40, rate, shrunk) for name in ("a", "b"))
    found = Estimate(
        *(100, 80, 80, 0, 20.0), rate, *(None, None, None), own_checks={}, groups={"kind": groups}
    )
    show_estimate(Terminal("en"), found, Surveys((), {}, None))
    assert ("No difference can be seen by kind" in capsys.readouterr().out) == alike
