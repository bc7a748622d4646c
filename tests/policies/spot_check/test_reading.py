"""Of which drawn cases the risk is hidden from their reviewers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.spot_check.plan import PlanParameters
from policies.spot_check.reading import drawn_hidden, reading_order, risk_hidden
from tests.factories.frames import parameters
from tests.factories.office import OFFICE, office

CASES = pl.Series([f"c{number}" for number in range(2_000)])


def reviewing(**changes: object) -> dict[str, object]:
    """How the office reviews."""
    return {"reviews": OFFICE["reviews"] | changes}


@given(st.text(max_size=9), st.lists(st.text(max_size=9), max_size=9), st.floats(0, 1))
def test_anybody_can_draw_it_again(seed: str, cases: list[str], share: float) -> None:
    """From seed, id and share alone, whatever other cases there are; none at 0, all at 1."""
    request = parameters(seed=seed, hidden_share=share)
    hidden = drawn_hidden(request, pl.Series(cases, dtype=pl.String))
    alone = [risk_hidden(office(), request, case) for case in cases]
    assert hidden.to_list() == alone
    more = parameters(seed=seed, hidden_share=1.0)
    assert drawn_hidden(more, pl.Series(cases, dtype=pl.String)).all()
    assert not drawn_hidden(parameters(seed=seed), pl.Series(cases, dtype=pl.String)).any()


def test_a_share_is_hidden_whatever_the_reading_order() -> None:
    """30 % within four standard errors; a case's place in the order says nothing of it."""
    hidden = drawn_hidden(parameters(hidden_share=0.3), CASES)
    assert abs(hidden.mean() - 0.3) < 4 * (0.21 / len(CASES)) ** 0.5
    places = np.argsort(reading_order("1", CASES).str.slice(1).cast(pl.Int64).to_numpy())
    assert abs(np.corrcoef(places, hidden.to_numpy())[0, 1]) < 4 / len(CASES) ** 0.5


@pytest.mark.parametrize(
    ("changes", "share"), [({}, 0.0), ({"hidden_share": 0.4}, 0.4), ({"blind": True}, 1.0)]
)
def test_a_plan_keeps_the_share_of_its_day(changes: dict[str, object], share: float) -> None:
    """What is 0 is not in the parameters, so that plans of before keep their id."""
    request = PlanParameters.of(office(**reviewing(**changes)), as_of="2024-07-01", capacity=4)
    assert request.hidden_share == share
    assert ("hidden_share" in request.model_dump()) == (share > 0)


def test_an_office_that_turns_blind_hides_every_risk() -> None:
    """Also in plans that were drawn before; a share that changed since does not count for them."""
    request = parameters()
    assert risk_hidden(office(**reviewing(blind=True)), request, "a")
    assert not risk_hidden(office(**reviewing(hidden_share=1)), request, "a")
