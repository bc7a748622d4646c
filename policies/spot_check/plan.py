"""What a plan is: every case of the frame with its probability, and the cases drawn.

Frozen results; nothing here decides. A plan can be replayed from its frame, its
parameters and the code version alone.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Self

import polars as pl

from cases.language.messages import _
from cases.language.texts import Text
from cases.numeric import Z
from cases.office.model import Model, Office, Quota

SelectedBy = Literal["mandatory", "search", "lottery"]
Choice = Literal["plan", "all_random", "top_of_the_list"]

LONGEST_SEED = 100  # letters
LEAST_MARGIN = 0.0001

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

WHY = {
    "search": _("search: among the highest estimated risks, certain to be drawn"),
    "lottery": _(
        "lottery: drawn with a chance of {chance}; the riskier a case, the higher its chance"
    ),
    "mandatory": _("rule: {rule}"),
}


class PlanParameters(Model):
    """What was asked for; with the frame it determines the plan.

    The frame holds the cases closed after `closed_after` (if given) and by `as_of`. The
    knob between searching and surveying is `margin`, the wanted half-width of the 95 %
    interval of the frame's defect rate, or where that is not given `search_share`: 0
    knows the rate best, 1 finds the most. Quotas are of the cases chance decides about,
    mandatory ones not counted. `second_share` of the drawn cases is read twice.
    """

    as_of: datetime
    closed_after: datetime | None = None
    capacity: int
    seed: str
    margin: float | None = None
    search_share: float = 0.0
    per_handler: Quota = Quota()
    per_unit: Quota = Quota()
    second_share: float = 0.0
    outside_capacity: tuple[str, ...] = ()  # codes of rules whose reviews do not count

    @classmethod
    def of(cls, office: Office, **wishes: Any) -> Self:
        """What the office file says, and `wishes` where they are given and not None.

        Where no seed is asked for, it is a `fresh_seed`.
        """
        says = office.spot_checks
        own = {
            "seed": fresh_seed(),
            "margin": None if wishes.get("search_share") is not None else says.margin,
            "search_share": says.search_share,
            "per_handler": says.per_handler,
            "per_unit": says.per_unit,
            "second_share": says.second_share,
            "outside_capacity": tuple(rule.code for rule in office.rules if not rule.counts),
        }
        return cls(**own | {name: wish for name, wish in wishes.items() if wish is not None})


@dataclass(frozen=True)
class Outlook:
    """What a way to choose would buy: defects found on average, and the margin.

    `margin` is half the width of the 95 % interval of the frame's defect rate to expect;
    None where the rate cannot be estimated at all.
    """

    choice: Choice
    expected_defects: float
    margin: float | None


@dataclass(frozen=True)
class SpotCheckPlan:
    """A drawn plan.

    `frame` holds the columns of `FRAME` and `inclusion_probability` for every case
    that could be drawn, sorted by case id. `lines` holds the drawn cases in the
    order in which to check them: `rank, selected_by, second_review` (whether somebody
    else reads the case too, blind to the first reading) and the frame's columns.
    `outlook` compares the plan with other ways to choose; `notes` are sentences about
    what had to give way.
    """

    parameters: PlanParameters
    frame: pl.DataFrame
    lines: pl.DataFrame
    outlook: tuple[Outlook, ...]
    notes: tuple[Text, ...] = ()

    @cached_property
    def frame_hash(self) -> str:
        """SHA-256 (hex) of the frame as CSV text, without the probabilities drawn from it."""
        return frame_hash(self.frame)

    @property
    def plan_id(self) -> str:
        """A short name that two equal plans share and two different plans do not."""
        text = f"{self.frame_hash}|{self.parameters.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def drawn(self) -> dict[str, int]:
        """How many cases were drawn, by how they were selected."""
        found = self.lines["selected_by"].value_counts().sort("selected_by").rows()
        return {str(how): int(count) for how, count in found}

    def describe(self) -> dict[str, Any]:
        """Everything needed to replay the draw besides the frame, as plain values for JSON."""
        return {
            "plan_id": self.plan_id,
            "parameters": self.parameters.model_dump(mode="json"),
            "seed_commitment": commitment(self.parameters.seed),
            "frame_cases": self.frame.height,
            "frame_hash": self.frame_hash,
            "drawn": self.drawn,
            "outlook": {
                one.choice: {"expected_defects": one.expected_defects, "margin": one.margin}
                for one in self.outlook
            },
            "notes": [note.en or note.zh for note in self.notes],
        }


def frame_hash(frame: pl.DataFrame) -> str:
    """SHA-256 (hex) of the columns of `FRAME` as CSV text."""
    return hashlib.sha256(frame.select(*FRAME).write_csv().encode()).hexdigest()


def fresh_seed() -> str:
    """A seed that nobody could have chosen or guessed: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def commitment(seed: str) -> str:
    """SHA-256 (hex) of the seed, to publish before the draw; the seed is revealed after it."""
    return hashlib.sha256(seed.encode()).hexdigest()


def margin_of(variance: float, cases: int) -> float:
    """Half the width of a 95 % interval of a rate among `cases`, from the variance of the sum."""
    return Z * math.sqrt(variance) / cases


def why(line: dict[str, Any], office: Office) -> str:
    """Why a line of the plan is on the list at all, in the office's language."""
    sentence = WHY[line["selected_by"]].say(office.language)
    rules = {rule.code: rule.meaning.say(office.language) for rule in office.rules}
    return sentence.format(
        chance=f"{100 * line['inclusion_probability']:.3g} %",
        rule=rules.get(line["rule"], line["rule"]),
    )
