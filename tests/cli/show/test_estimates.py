"""What `triage estimate --at-most` says."""

from __future__ import annotations

import pytest

from cli.console import Terminal
from cli.show.estimates import show_claims, show_together
from evaluation.surveys.claims import Claim, Together


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
    show_claims(Terminal("en"), [Claim(0.1, 3000, 350, 80, (), 0.01, None, 75, possible=True)])
    assert "More than 10.0% of the 3,000 cases are defective" in capsys.readouterr().out
