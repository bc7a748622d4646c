"""A name that is not known: the nearest one, or what else to do."""

from __future__ import annotations

from cases.language.messages import _
from cases.nearest import ManyNames, did_you_mean, nearest

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
    assert did_you_mean("xx", KNOWN, REMOVE).say("en") == REMOVE.say("en")


def test_a_slip_is_found_among_many_names() -> None:
    """Wherever in the name it is, by comparing with few of them."""
    names = ManyNames(f"{year}-{number:05}" for year in range(2015, 2026) for number in range(5000))
    for slip in (
        "2205-04321",
        "2025-04821",
        "2025-04231",
        "2025-0432",
        "2025-043221",
        "2035-04321",
    ):
        around = names.around(slip)
        assert len(around) < 200
        assert "2025-04321" in around
    assert len(names.around("9" * 10_000)) < 100


def test_no_names_are_near_where_there_are_none() -> None:
    """An office without cases has nothing to suggest."""
    assert ManyNames([]).around("x") == []
