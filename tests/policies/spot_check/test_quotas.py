"""Tests of quotas: shared out over cells, and refused where they contradict each other."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import Refused
from cases.office.model import Quota
from policies.spot_check.quotas import quotas_of, with_cells
from tests.factories.frames import frame, parameters


def quotas(handlers: list[Any], units: list[Any], size: int, **limits: Quota) -> Any:
    """The quotas of a frame with one case per entry."""
    cases = frame([0.5] * len(handlers), handlers, units)
    return quotas_of(with_cells(cases.sort("unit", "handler")), size, parameters(**limits))


def test_a_handler_in_two_units_has_the_quota_shared_out() -> None:
    """Six cases in one unit and two in the other: one each, then in proportion to the cases."""
    found = quotas([1] * 8, [1] * 6 + [2] * 2, 5, per_handler=Quota(at_least=4, at_most=6))
    assert found.cell_least.tolist() == [3, 1]
    assert found.cell_most.tolist() == [5, 1]
    assert found.unit_of_cell.tolist() == [0, 1]


def test_a_share_is_rounded_up_and_the_larger_number_counts() -> None:
    """Five percent of 30 cases is two; at least one is less than that."""
    found = quotas([1] * 30 + [2] * 3, [1] * 33, 9, per_handler=Quota(at_least=1, share=0.05))
    assert found.cell_least.tolist() == [2, 1]


def test_fewer_cases_than_the_quota_are_all_drawn() -> None:
    """A unit with two cases cannot give three."""
    found = quotas([1, 2, 3, 4], [1, 1, 2, 2], 4, per_unit=Quota(at_least=3))
    assert found.unit_least.tolist() == [2, 2]


def test_unknown_handlers_have_no_quota() -> None:
    """A quota is of somebody's cases, not of cases nobody knows the handler of."""
    cases = frame([0.5] * 4, [1, 1, 2, 2]).with_columns(
        handler=frame([0.5] * 4)["kind"].str.slice(9)
    )
    found = quotas_of(with_cells(cases), 2, parameters(per_handler=Quota(at_least=1, at_most=1)))
    assert found.cell_least.tolist() == [0]
    assert found.cell_most.tolist() == [4]


@pytest.mark.parametrize(
    ("size", "limits", "sentence"),
    [
        (3, {"per_handler": Quota(at_least=2)}, "at least 4 reviews, 1 more than the 3 that"),
        (6, {"per_handler": Quota(at_most=2)}, "at most 4 reviews, 2 fewer than the 6 that"),
        (6, {"per_unit": Quota(share=0.5, at_most=2)}, "a share of 0.5) and allows at most 2"),
        (
            6,
            {"per_handler": Quota(at_least=2), "per_unit": Quota(at_most=3)},
            "contradict each other by 1 cases in one unit",
        ),
        (4, {"per_handler": Quota(at_least=4)}, "at least 6 reviews, 2 more than the 4"),
        (5, {"per_unit": Quota(at_least=6)}, "at least 6 reviews, 1 more than the 5"),
    ],
)
def test_quotas_that_contradict_each_other(
    size: int, limits: dict[str, Quota], sentence: str
) -> None:
    """The sentence says which quota is too much and by how much."""
    with pytest.raises(Refused) as caught:
        quotas([1, 1, 1, 2, 2, 2], [1] * 6, size, **limits)
    assert sentence in str(caught.value)


def test_more_units_than_cases_allowed_is_refused() -> None:
    """A handler with cases in two units and at most one drawn would leave one without a chance."""
    with pytest.raises(Refused, match="some of their cases could not be drawn"):
        quotas([1] * 4 + [2] * 4, [1, 1, 1, 2, 1, 1, 1, 1], 2, per_handler=Quota(at_most=1))


def test_quotas_that_leave_others_no_chance_are_refused() -> None:
    """The known handlers' quotas take every review; the case of nobody known has none left."""
    cases = with_cells(frame([0.5] * 9, [1] * 4 + [2] * 4 + [3]))
    unknown = cases.with_columns(pl.col("handler").replace("h3", ""))
    with pytest.raises(Refused, match="too few are left to draw from the cases without a quota"):
        quotas_of(with_cells(unknown), 4, parameters(per_handler=Quota(at_least=2)))


@given(
    places=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40),
    least=st.integers(0, 10),
    more=st.integers(3, 10),  # room for one case in each of the three units
)
def test_shares_of_a_quota_add_up_to_it(
    places: list[tuple[int, int]], least: int, more: int
) -> None:
    """Whatever the cells, their least and most add up to the handler's, and least <= most."""
    handlers, units = zip(*places, strict=True)
    quota = Quota(at_least=least, at_most=least + more)
    wanted = sum(min(least, handlers.count(one)) for one in set(handlers))
    allowed = sum(min(least + more, handlers.count(one)) for one in set(handlers))
    found = quotas(list(handlers), list(units), allowed, per_handler=quota)
    assert found.cell_least.sum() == wanted
    assert found.cell_most.sum() == allowed
    assert (found.cell_least <= found.cell_most).all()


def test_without_quotas_all_cases_of_all_may_be_drawn() -> None:
    """As with a quota that no handler and no unit reaches."""
    cases = with_cells(frame([0.1, 0.2, 0.3, 0.4], handlers="abab", units="uvuw"))
    none, slack = (
        quotas_of(cases, 2, parameters(per_unit=Quota(at_most=most))) for most in (None, 9)
    )
    for name in ("cell_least", "cell_most", "unit_least", "unit_most", "unit_of_cell"):
        assert getattr(none, name).tolist() == getattr(slack, name).tolist()
    assert [part.tolist() for part in none.parts] == [part.tolist() for part in slack.parts]
