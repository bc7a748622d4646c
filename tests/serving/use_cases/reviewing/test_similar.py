"""Similar past cases: of the same kind, near in the facts that are named, known on the day."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.language.messages import _
from models.reasons.reasons import Reason
from serving.access.caller import Scope
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.similar import MOST_SHOWN, similar
from tests.factories.fakes import FakeModel
from tests.factories.office import tables

CASES = """
case_id | opened_at  | closed_at  | kind  | unit | handler | suspects | charge
x       | 2026-01-01 | 2026-02-01 | theft | u1   | h1      | 3        | theft
a       | 2025-01-01 | 2025-02-01 | theft | u1   | h1      | 3        | fraud
b       | 2025-01-01 | 2025-02-01 | theft | u2   | h1      | 4        | theft
c       | 2025-01-01 | 2025-02-01 | theft | u1   | h1      | 9        | theft
d       | 2025-01-01 | 2025-02-01 | fraud | u1   | h1      | 3        | theft
e       | 2025-01-01 | 2025-02-01 | theft | u1   | h1      | 3        | theft
f       | 2025-01-01 | 2025-02-01 | theft | u1   | h1      | -        | theft
g       | 2025-01-01 | 2025-02-01 | theft | u1   | h1      | 3        | theft
"""
REVIEWS = """
case_id | reviewed_at | reviewer | grade | dimensions | reading
a       | 2025-03-01  | r1       | good  | -          | -
b       | 2025-03-02  | r1       | bad   | facts;law  | first
b       | 2025-03-03  | r2       | good  | -          | second
b       | 2025-03-04  | m1       | bad   | law        | consolidated
c       | 2025-03-03  | r1       | good  | -          | -
d       | 2025-03-03  | r1       | bad   | -          | -
e       | 2026-03-03  | r1       | bad   | -          | -
f       | 2025-03-03  | r1       | good  | -          | -
"""
DAY = datetime(2026, 2, 28)
NUMBER, CODE = "attribute.suspects", "attribute.charge"


def _context() -> ServiceContext:
    return ServiceContext(tables(CASES, reviews=REVIEWS), FakeModel())


def _reasons(*features: str) -> list[Reason]:
    return [Reason(feature, 0.5, 0.1, _("as it is")) for feature in features]


def _found(*features: str, context: ServiceContext | None = None) -> list[tuple[str, float]]:
    past = similar(context or _context(), "x", _reasons(*features), DAY)
    return [(one.case_id, round(one.differs, 3)) for one in past]


def test_the_nearest_come_first_by_the_mean_over_the_facts() -> None:
    """A number counts by its share of the range (3 to 9), a code by 0 or 1, unknown as far.

    Of two that are as near the one reviewed last comes first. Another kind (d), a review after
    the day (e) and a case without one (g) are not among them.
    """
    assert _found(NUMBER) == [("a", 0.0), ("b", 0.167), ("c", 1.0), ("f", 1.0)]
    assert _found(NUMBER, CODE) == [("b", 0.083), ("c", 0.5), ("f", 0.5), ("a", 0.5)]


def test_what_a_case_was_graded_in_the_end_is_said() -> None:
    """The consolidated grade, with its dimensions."""
    (found,) = [
        one for one in similar(_context(), "x", _reasons(NUMBER), DAY) if one.case_id == "b"
    ]
    assert (found.grade, found.dimensions) == ("bad", ("law",))


@pytest.mark.parametrize("features", [(), ("attribute.gone",)])
def test_without_a_fact_that_is_named_there_is_none(features: tuple[str, ...]) -> None:
    """Nor where the office file does not know the fact any more."""
    assert _found(*features) == []


def test_cases_of_other_units_are_as_if_not_there() -> None:
    """For who may see some units only."""
    mine = _context().within(Scope(frozenset({"u1"})))
    assert "b" not in dict(_found(NUMBER, context=mine))


def test_there_are_few_and_always_the_same() -> None:
    """Of many alike, those whose reviews are the newest."""
    ids = [f"p{number}" for number in range(9)]
    head, first, *_rest = CASES.strip().splitlines()
    same = "\n".join(first.replace("x ", one, 1).replace("2026", "2025") for one in ids)
    days = "\n".join(f"{one} | 2025-03-0{at} | r1 | good | - | -" for at, one in enumerate(ids, 1))
    made = tables(f"{head}\n{first}\n{same}", reviews=f"{REVIEWS.strip().splitlines()[0]}\n{days}")
    found = similar(ServiceContext(made, FakeModel()), "x", _reasons(NUMBER), DAY)
    assert [one.case_id for one in found] == ["p8", "p7", "p6", "p5", "p4"]
    assert len(found) == MOST_SHOWN
