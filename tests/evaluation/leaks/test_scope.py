"""Tests of `evaluation/leaks/scope.py`."""

from __future__ import annotations

from datetime import datetime

from cases.tables.tables import Tables
from evaluation.leaks.scope import fewest_seen, not_looked_at
from tests.factories.small_office import small_office, without_reviews

UNTIL = datetime(2025, 6, 1)


def said(tables: Tables) -> str:
    """What was not looked at, in one text."""
    return " ".join(sentence.say("en") for sentence in not_looked_at(tables, UNTIL))


def test_what_was_looked_at_has_its_limit() -> None:
    """With reviews enough the smallest share that would be found is said, for both outcomes."""
    text = said(small_office(900))
    assert "that only cases with a defect have is not seen if fewer than" in text
    assert "that only complex cases have is not seen if fewer than" in text
    assert "as none is open" in text
    assert "as there is none" not in text


def test_what_was_not_looked_at_is_said() -> None:
    """Without reviews, and with too few."""
    assert "what is entered after a review" in said(without_reviews(200))
    few = small_office(30)
    assert "Not looked at: what goes with cases with a defect" in said(few)


def test_fewer_outcomes_see_less() -> None:
    """The share needed falls with the number of defects; three defects show nothing."""
    shares = [needed / n for n in (30, 100, 300) if (needed := fewest_seen(n, 10 * n, 0.001))]
    assert shares == sorted(shares, reverse=True)
    assert fewest_seen(3, 30, 1e-6) is None
