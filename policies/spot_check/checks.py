"""What is wrong with a frame or with the parameters of a plan: every fault, not the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from cases.errors import BadInput, Fault, is_share, not_a_share
from cases.language.messages import Sayable, _
from policies.seeds import LONGEST_SEED
from policies.spot_check.design import LEAST_FLOOR
from policies.spot_check.plan import LEAST_MARGIN, PlanParameters

LEAST: Mapping[str, float] = {
    "search_share": 0.0,
    "second_share": 0.0,
    "margin": LEAST_MARGIN,
    "floor": LEAST_FLOOR,
    "doubt": 0.0,
    "failed_check_share": 0.0,
}
FEW = 5  # cases with an impossible risk are named, no more


def check(frame: pl.DataFrame, parameters: PlanParameters) -> None:
    """`BadInput` unless each case stands once, with a probability, and parameters are possible."""
    faults = [*_of_frame(frame), *_of_split(frame, parameters), *_of_parameters(parameters)]
    if faults:
        raise BadInput(faults)


def _of_frame(frame: pl.DataFrame) -> Iterator[Fault]:
    twice = frame.filter(pl.col("case_id").is_duplicated())["case_id"].unique().sort()
    for case_id in twice:
        problem = _("stands more than once in the frame.")
        yield _fault("case_id", case_id, problem, _("Give every case once."))
    possible = pl.col("risk").is_between(0, 1).fill_null(value=False)
    for case_id, risk in frame.filter(~possible).head(FEW).select("case_id", "risk").iter_rows():
        problem = _("of case {case} is not a probability.", case=case_id)
        yield _fault("risk", risk, problem, _("Score the cases again."))


def _of_split(frame: pl.DataFrame, parameters: PlanParameters) -> Iterator[Fault]:
    """A draw that is split needs to know which cases failed the own check."""
    share = parameters.failed_check_share
    if share is not None and "failed_check" not in frame.columns:
        problem = _("splits a frame that does not say which cases failed the office's own check.")
        yield _fault("failed_check_share", share, problem, _("Leave it out."))


def _of_parameters(parameters: PlanParameters) -> Iterator[Fault]:
    if parameters.capacity < 1:
        remedy = _("Ask for at least 1 review.")
        yield _fault("capacity", parameters.capacity, _("is too small."), remedy)
    for name, least in LEAST.items():
        share = getattr(parameters, name)
        if share is not None and not is_share(share, least):
            remedy = _("Give a number from {least:g} to 1.", least=least)
            yield _fault(name, share, not_a_share(least), remedy)
    length = len(parameters.seed)
    if not 0 < length <= LONGEST_SEED or not parameters.seed.isprintable():
        problem = _("is not a seed.")
        remedy = _(
            "Give 1 to {longest} letters or digits; it has {length}.",
            longest=LONGEST_SEED,
            length=length,
        )
        yield Fault(_("the plan"), problem, remedy, column="seed")


def _fault(column: str, value: object, problem: Sayable, remedy: Sayable) -> Fault:
    return Fault(_("the plan"), problem, remedy, column=column, value=str(value))
