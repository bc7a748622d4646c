"""Whether a draw is the one that was committed to, and what that is worth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import ValidationError

from cases.errors import BadInput, Fault, Refused, shorten
from cases.language.messages import Sayable, _, sentences
from policies.spot_check.commitment import (
    Commitment,
    PlanInputs,
    draw_seed,
    frame_hash,
    office_hash,
    seed_hash,
    without_seed,
)
from policies.spot_check.plan import PlanParameters


@dataclass(frozen=True)
class OpenedCommitment:
    """A commitment with what a draw from it needs: the secret seed, and the beacon's value."""

    commitment: Commitment
    secret_seed: str
    beacon_value: str | None = None

    @property
    def seed(self) -> str:
        """The seed of the draw; `BadInput` for a value that is none."""
        if self.beacon_value is None:
            return self.secret_seed
        return draw_seed(self.secret_seed, self.beacon_value)

    @property
    def parameters(self) -> PlanParameters:
        """What was promised, with the seed of the draw; `BadInput` if a plan cannot have it."""
        promised = self.commitment.parameters | {"seed": self.seed}
        try:
            return PlanParameters.model_validate(promised)
        except ValidationError:
            problem = _("promises parameters that this program does not know.")
            remedy = _("Draw with the version that made it.")
            raise BadInput([Fault(_("the commitment"), problem, remedy)]) from None

    def check(self, inputs: PlanInputs) -> None:
        """`Refused`, with every difference, if a draw from `inputs` is another than promised."""
        found = check(self.commitment, inputs, self.secret_seed, self.beacon_value)
        if found:
            nothing = _("Nothing is drawn.")
            raise Refused(sentences(*found, nothing))


def check(
    commitment: Commitment, inputs: PlanInputs, secret_seed: str, beacon_value: str | None = None
) -> list[Sayable]:
    """Everything in which a draw from `inputs` is not the one that was committed to.

    `secret_seed` is what the office revealed, `beacon_value` the public value as the checker
    knows it from its source. `BadInput` for a value that is none.
    """
    return [
        *_frame_differences(commitment, inputs.frame),
        *_parameter_differences(commitment.parameters, without_seed(inputs.parameters)),
        *_content_differences(commitment, inputs),
        *_seed_differences(commitment, inputs.parameters.get("seed"), secret_seed, beacon_value),
    ]


def _frame_differences(commitment: Commitment, frame: pl.DataFrame) -> Iterator[Sayable]:
    if frame.height != commitment.frame_cases:
        yield _(
            "The frame has {cases:,} cases, the commitment {committed:,}.",
            cases=frame.height,
            committed=commitment.frame_cases,
        )
    elif frame_hash(frame) != commitment.frame:
        yield _("The frame is not the one that was committed to.")


def _parameter_differences(
    committed: Mapping[str, Any], used: Mapping[str, Any]
) -> Iterator[Sayable]:
    for name in sorted(committed.keys() | used.keys()):
        before, after = (_shown(values.get(name)) for values in (committed, used))
        if before != after:
            yield _(
                "The parameter {name} is {used}, the commitment says {committed}.",
                name=name,
                used=shorten(after),
                committed=shorten(before),
            )


def _content_differences(commitment: Commitment, inputs: PlanInputs) -> Iterator[Sayable]:
    if office_hash(inputs.office) != commitment.office:
        yield _("The office file is not the one that was committed to.")
    if inputs.model != commitment.model:
        yield _("The model is not the one that was committed to.")
    if inputs.code != commitment.code:
        yield _(
            "The program was version {used}, the commitment says {committed}.",
            used=inputs.code,
            committed=commitment.code,
        )


def _seed_differences(
    commitment: Commitment, seed: object, secret_seed: str, beacon_value: str | None
) -> Iterator[Sayable]:
    if seed_hash(secret_seed) != commitment.seed:
        yield _("The secret seed is not the one that was committed to.")
    beacon = commitment.beacon
    if beacon is None and beacon_value is not None:
        yield _("The commitment names no beacon, but a value of one is given.")
    elif beacon is not None and beacon.time <= commitment.made_at:
        yield _("The beacon's value could be known when the commitment was made.")
    if beacon is not None and beacon_value is None:
        yield _(
            "The commitment waits for {source} of {time}; its value is needed to check the seed.",
            source=beacon.source,
            time=beacon.time,
        )
    elif seed != (secret_seed if beacon_value is None else draw_seed(secret_seed, beacon_value)):
        yield _("The seed of the draw is not the one that the commitment leads to.")


def worth(commitment: Commitment | None) -> Sayable:
    """What a draw that agrees with its commitment, or has none, is worth to a reader."""
    if commitment is None:
        return _(
            "No commitment was published before the draw. That the draw follows from its seed "
            "does not show that cases, parameters, rules, model and seed were fixed before it."
        )
    if commitment.beacon is None:
        return _(
            "If the commitment was published before the draw, nothing was changed after that. "
            "No beacon was named: the office knew the seed when it committed, and could have "
            "tried several and kept the one whose draw suited it."
        )
    return _(
        "If the commitment was published before {time}, nothing was left to choose: the seed "
        "also comes from {source}, which nobody knew by then.",
        time=commitment.beacon.time,
        source=commitment.beacon.source,
    )


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
