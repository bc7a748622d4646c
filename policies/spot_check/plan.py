"""What a plan is: every case of the frame with its probability, and the cases drawn.

Frozen results; nothing here decides. A plan can be replayed from its frame, its
parameters and the code version alone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Self, get_args

import polars as pl
from pydantic import SerializerFunctionWrapHandler, model_serializer

from cases.language.messages import Message, Sayable, _
from cases.numeric import Z
from cases.office.model import CLOSING, Model, Office, Quota
from policies.seeds import commitment, fresh_seed
from policies.spot_check.design import DOUBT, LEAST_FLOOR
from policies.tickets import FORMAT, OLD

# The ways to choose cases for review that are compared with one another.
Choice = Literal["plan", "all_random", "top_of_the_list"]
Way = Literal[Choice, "top_plus_random"]  # a replay tries one more
WAYS: tuple[Way, ...] = get_args(Way)

SelectedBy = Literal["mandatory", "search", "lottery"]  # lottery: by random draw
RisksBy = Literal["model", "points", "equal"]  # a fitted model, the rule of thumb, nothing

LEAST_MARGIN = 0.0001
CHOICES: Mapping[Way, Message] = {
    "plan": _("This system's draw"),
    "all_random": _("All at random"),
    "top_of_the_list": _("Top of the list"),
    "top_plus_random": _("Top and a tenth at random"),
}
AS_EVER: Mapping[str, float | str | None] = {
    "at": CLOSING,
    "floor": LEAST_FLOOR,
    "doubt": 0.0,
    "failed_check_share": None,
    "hidden_share": 0.0,
}

FRAME: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "closed_at": pl.Datetime("us"),
    "kind": pl.String(),
    "unit": pl.String(),
    "handler": pl.String(),
    "risk": pl.Float64(),
    "risk_low": pl.Float64(),
    "risk_high": pl.Float64(),
    "rule": pl.String(),  # code of the mandatory rule that holds, else null
}
MOMENT: dict[str, pl.DataType] = {"moment": pl.Datetime("us")}  # in a frame not of closings
FAILED_CHECK: dict[str, pl.DataType] = {"failed_check": pl.Boolean()}  # in a frame that is split


def columns_of(frame: pl.DataFrame) -> list[str]:
    """The columns that a draw from `frame` depends on: those of `FRAME`, and further ones it has.

    These are `MOMENT` and `FAILED_CHECK`.
    """
    return [*FRAME, *(name for name in (*MOMENT, *FAILED_CHECK) if name in frame.columns)]


def moment_in(frame: pl.DataFrame) -> str:
    """The column of a frame that says when each case came to the moment it is asked about."""
    return next((name for name in MOMENT if name in frame.columns), "closed_at")


class PlanParameters(Model):
    """What was requested; with the frame it determines the plan.

    The frame holds the cases that came to the moment `at` (see `Risk.at`) after `closed_after`
    (if given) and by `as_of`; those that are open have no `closed_at`. The knob between
    searching and surveying is `margin`, the wanted half-width of the 95 % interval of the frame's
    defect rate, or where that is not given `search_share`: 0 knows the rate best, 1 finds the
    most. Quotas are of the cases that the random draw decides about, mandatory ones not counted.
    `second_share` of the drawn cases is read twice.
    `floor` and `doubt` say how far the model is trusted (see `Design`); their defaults are
    those of plans drawn before there were any. `failed_check_share` of the draw is among the
    cases that the office's own check failed; the frame then has the column `failed_check`.
    `hidden_share` of the drawn cases is reviewed without the risk being shown (`reading.py`).
    """

    as_of: datetime
    closed_after: datetime | None = None
    at: str = CLOSING
    capacity: int
    seed: str
    margin: float | None = None
    search_share: float = 0.0
    per_handler: Quota = Quota()
    per_unit: Quota = Quota()
    second_share: float = 0.0
    outside_capacity: tuple[str, ...] = ()  # codes of rules whose reviews do not count
    floor: float = LEAST_FLOOR
    doubt: float = 0.0
    failed_check_share: float | None = None
    hidden_share: float = 0.0

    @classmethod
    def of(cls, office: Office, **requested: Any) -> Self:
        """What the office file says, and what is `requested` where it is not None.

        Where no seed is requested, it is a `fresh_seed`.
        """
        usual = office.spot_checks
        parameters = {
            "seed": fresh_seed(),
            "at": office.risk.at,
            "margin": None if requested.get("search_share") is not None else usual.margin,
            "search_share": usual.search_share,
            "per_handler": usual.per_handler,
            "per_unit": usual.per_unit,
            "second_share": usual.second_share,
            "outside_capacity": tuple(rule.code for rule in office.rules if not rule.counts),
            "floor": usual.floor,
            "doubt": DOUBT,
            "failed_check_share": usual.failed_check_share,
            "hidden_share": office.reviews.share_hidden if office.reviews else 0.0,
        }
        given = {name: value for name, value in requested.items() if value is not None}
        return cls(**parameters | given)

    @property
    def has_quotas(self) -> bool:
        """Whether anything is asked of the cases of one handler or unit."""
        return self.per_handler != Quota() or self.per_unit != Quota()

    @model_serializer(mode="wrap")
    def _without_what_changes_nothing(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without the newer ones where they are as ever: kept plans keep their id."""
        kept: dict[str, Any] = dump(self)
        return {
            name: value
            for name, value in kept.items()
            if name not in AS_EVER or value != AS_EVER[name]
        }


@dataclass(frozen=True)
class Outlook:
    """What a way to choose would buy: defects found on average, and the margin.

    `margin` is half the width of the 95% interval of the frame's defect rate to expect if
    the model is right, `upper_margin` how far above the estimate the interval reaches, since it
    allows for a group of defects that the draw missed; None where the rate cannot be
    estimated at all.
    """

    choice: Choice
    expected_defects: float
    margin: float | None
    upper_margin: float | None = None


@dataclass(frozen=True)
class SpotCheckPlan:
    """A drawn plan.

    `frame` holds the columns of `FRAME` and `inclusion_probability` for every case
    that could be drawn, sorted by case id. `lines` holds the drawn cases in the
    order in which to check them: `rank, selected_by, second_review` (whether another
    reviewer reads the case too, without knowing the first grade) and the frame's columns.
    `outlook` compares the plan with other ways to choose; `notes` are sentences about
    what had to give way; `format` is that of the draw (`policies.tickets`).
    """

    parameters: PlanParameters
    frame: pl.DataFrame
    lines: pl.DataFrame
    outlook: tuple[Outlook, ...]
    notes: tuple[Sayable, ...] = ()
    format: int = FORMAT

    @cached_property
    def frame_hash(self) -> str:
        """SHA-256 (hex) of the frame as CSV text, without the probabilities drawn from it."""
        return frame_hash(self.frame)

    @property
    def plan_id(self) -> str:
        """A short name that two equal plans share and two different plans do not."""
        text = f"{self.frame_hash}|{self.parameters.model_dump_json()}"
        if self.format != OLD:
            text = f"{self.format}|{text}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def drawn(self) -> dict[str, int]:
        """How many cases were drawn, by how they were selected."""
        counts = self.lines["selected_by"].value_counts().sort("selected_by").rows()
        return {str(how): int(count) for how, count in counts}

    def describe(self) -> dict[str, Any]:
        """Everything needed to replay the draw besides the frame, as plain values for JSON."""
        return {
            "format": self.format,
            "plan_id": self.plan_id,
            "parameters": self.parameters.model_dump(mode="json"),
            "seed_commitment": commitment(self.parameters.seed),
            "frame_cases": self.frame.height,
            "frame_hash": self.frame_hash,
            "drawn": self.drawn,
            "outlook": {
                outlook.choice: {
                    "expected_defects": outlook.expected_defects,
                    "margin": outlook.margin,
                }
                for outlook in self.outlook
            },
            "notes": [str(note) for note in self.notes],
        }


def frame_hash(frame: pl.DataFrame) -> str:
    """SHA-256 (hex) of the `columns_of` a frame as CSV text."""
    return hashlib.sha256(frame.select(columns_of(frame)).write_csv().encode()).hexdigest()


def margin_of(variance: float, cases: int) -> float:
    """Half the width of a 95% interval of a rate among `cases`, from the variance of the sum."""
    return Z * math.sqrt(variance) / cases


# Why the others are on the list, by what their risks are made by.
SEARCHED: Mapping[RisksBy, Sayable] = {
    "model": _("search: among the highest estimated risks, certain to be drawn"),
    "points": _("search: among the most points by the rule of thumb, certain to be drawn"),
    "equal": _("certain to be drawn: there is room for every case of its group"),
}
BY_CHANCE: Mapping[RisksBy, Message] = {
    "model": _(
        "random draw: inclusion probability {probability:.2%}; the higher the risk, the higher "
        "the probability"
    ),
    "points": _(
        "random draw: inclusion probability {probability:.2%}; the more points by the rule of "
        "thumb, the higher the probability"
    ),
    "equal": _("random draw: inclusion probability {probability:.2%}; all risks are equal"),
}


def why(line: Mapping[str, Any], office: Office, risks_by: RisksBy = "model") -> Sayable:
    """Why a line of the plan is on the list at all."""
    selected_by: SelectedBy = line["selected_by"]
    if selected_by == "mandatory":
        meanings = {rule.code: rule.meaning for rule in office.rules}
        return _("rule: {rule}", rule=meanings.get(line["rule"], line["rule"]))
    if selected_by == "search":
        return SEARCHED[risks_by]
    return BY_CHANCE[risks_by].filled(probability=line["inclusion_probability"])
