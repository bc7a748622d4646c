"""A plan that was committed to is drawn as promised, or not at all."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.errors import BadInput, Refused
from policies.spot_check.commitment import commit, draw_seed
from policies.spot_check.committed import OpenedCommitment
from policies.spot_check.plan import PlanParameters
from serving.use_cases.context import ServiceContext
from serving.use_cases.planning.commitments import committed_spot_checks, plan_inputs
from serving.use_cases.spot_checks import spot_checks
from tests.factories.fakes import context

SECRET, MODEL, CODE = "0123456789abcdef", "a" * 64, "0.1.0"


def promised(of: ServiceContext, secret: str = SECRET) -> OpenedCommitment:
    """A commitment to two reviews in the middle of February, opened with `secret`."""
    as_of = datetime(2026, 2, 15)
    parameters = PlanParameters.of(of.office, as_of=as_of, capacity=2, seed=SECRET)
    inputs = plan_inputs(of, parameters, MODEL, CODE)
    return OpenedCommitment(commit(inputs, SECRET, as_of), secret)


def test_the_plan_is_the_one_that_is_drawn_without_a_commitment() -> None:
    """From the same frame and parameters, with the secret seed."""
    of = context()
    opened = promised(of)
    drawn = committed_spot_checks(of, opened, MODEL, CODE)
    free = spot_checks(of, opened.parameters)
    assert drawn.plan.lines.equals(free.plan.lines)
    assert drawn.plan.describe() == free.plan.describe()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"secret": "fedcba9876543210"}, "The secret seed is not the one"),
        ({"model": "b" * 64}, "The model is not the one"),
        ({"rules": []}, "The office file is not the one"),
    ],
)
def test_what_is_not_as_promised_is_refused(changes: dict[str, str], sentence: str) -> None:
    """Before anything is drawn."""
    opened = promised(context(), changes.pop("secret", SECRET))
    model = changes.pop("model", MODEL)
    with pytest.raises(Refused, match=f"{sentence}.* Nothing is drawn"):
        committed_spot_checks(context(**changes), opened, model, CODE)


def test_the_seed_is_made_from_the_beacons_value() -> None:
    """However it is spelled; parameters of another version are a sentence."""
    opened = promised(context())
    with_value = OpenedCommitment(opened.commitment, SECRET, "3 7")
    assert with_value.parameters.seed == draw_seed(SECRET, "3-7")
    other = opened.commitment.model_copy(update={"parameters": {"reviews": 2}})
    with pytest.raises(BadInput, match="parameters that this program does not know"):
        _ = OpenedCommitment(other, SECRET).parameters
