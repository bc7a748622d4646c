"""What a plan is: every case of the frame with its probability, and the cases drawn.

Frozen results; nothing here decides. A plan can be replayed from its frame, its
parameters and the code version alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from cases.office import Office, Text

SelectedBy = Literal["mandatory", "search", "lottery"]

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
    "search": Text(
        en="search: among the highest estimated risks",
        zh="检索：估计风险最高的案件之一",
    ),
    "lottery": Text(
        en="lottery: drawn at random; every case of this kind of draw had a chance of {chance}",
        zh="抽签：随机抽取，同批每件案件被抽中的概率为{chance}",
    ),
    "mandatory": Text(en="rule: {rule}", zh="规则：{rule}"),
}


@dataclass(frozen=True)
class PlanParameters:
    """What was asked for; with the frame it determines the plan."""

    as_of: datetime
    capacity: int
    random_share: float
    seed: int


@dataclass(frozen=True)
class SpotCheckPlan:
    """A drawn plan.

    `frame` holds the columns of `FRAME` and `inclusion_probability` for every case
    that could be drawn, sorted by case id. `lines` holds the drawn cases in the
    order in which to check them: `rank, selected_by` and the frame's columns.
    `notes` are sentences about wishes that could not be met.
    """

    parameters: PlanParameters
    frame: pl.DataFrame
    lines: pl.DataFrame
    notes: tuple[Text, ...] = ()

    @property
    def frame_hash(self) -> str:
        """SHA-256 (hex) of the frame as CSV text, without the probabilities drawn from it."""
        return hashlib.sha256(self.frame.select(*FRAME).write_csv().encode()).hexdigest()

    @property
    def plan_id(self) -> str:
        """A short name that two equal plans share and two different plans do not."""
        text = f"{self.frame_hash}|{sorted(asdict(self.parameters).items())}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def describe(self) -> dict[str, Any]:
        """Everything needed to replay the draw besides the frame, as plain values for JSON."""
        wishes = asdict(self.parameters) | {"as_of": self.parameters.as_of.isoformat()}
        drawn = self.lines["selected_by"].value_counts().sort("selected_by").rows()
        return {
            "plan_id": self.plan_id,
            "parameters": wishes,
            "frame_cases": self.frame.height,
            "frame_hash": self.frame_hash,
            "drawn": {str(how): int(count) for how, count in drawn},
            "expected_defects": float(self.lines["risk"].sum()),
            "notes": [note.en or note.zh for note in self.notes],
        }


def why(line: dict[str, Any], office: Office) -> str:
    """Why a line of the plan is on the list at all, in the office's language."""
    sentence = WHY[line["selected_by"]].say(office.language)
    rules = {rule.code: rule.meaning.say(office.language) for rule in office.rules}
    return sentence.format(
        chance=f"{100 * line['inclusion_probability']:.3g} %",
        rule=rules.get(line["rule"], line["rule"]),
    )
