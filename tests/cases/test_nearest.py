"""A name that is not known: the nearest one, or what else to do."""

from __future__ import annotations

from cases.language.messages import _
from cases.nearest import did_you_mean, nearest

KNOWN = ["case_id", "unit"]
REMOVE = _("Remove it.")


def test_the_nearest_name_is_offered() -> None:
    """However unlike it is, unless a likeness is asked for."""
    assert nearest("cas_id", KNOWN) == "case_id"
    assert nearest("xx", KNOWN) is None
    assert nearest("xx", []) is None


def test_the_remedy_is_the_nearest_name_or_another() -> None:
    """A name that is too unlike any leaves the other remedy."""
    assert did_you_mean("units", KNOWN, REMOVE).say("en") == "Did you mean `unit`?"
    assert did_you_mean("xx", KNOWN, REMOVE) is REMOVE
