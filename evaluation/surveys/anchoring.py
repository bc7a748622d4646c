"""How far showing the risk influences grades: cases in which it was shown against the others.

Each drawn case has two outcomes (1 for a defect): y1, what its first reader finds with the risk
shown, and y0, without. Which of the two is seen was drawn by the plan, case by case and whatever
the case is (`policies.spot_check.reading`). Over the drawn cases with a first grade, with p the
risk of the plan, the two figures are

    slope  =  sum (p - mean p) (y1 - y0) / sum (p - mean p)^2,     level  =  mean (y1 - y0):

by how much more the rate found rises with the risk where that is shown (0: no pull towards it),
and by how much the rate found is higher. They are the least-squares line of the effects on the risk
(Ding, Feller and Miratrix 2019, JASA 114), estimated by the difference of the lines of the two
groups, each case weighted by 1 / the probability of its group (Lin 2013, Annals of Applied
Statistics 7). Nothing is assumed of the risk: it need not be right.

Variances are those that allow for any spread of the outcomes, with each residual divided by
1 - leverage (HC3, MacKinnon and White 1985, Journal of Econometrics 29): with few cases the
interval else is too narrow. They do not go by reviewer: cases were drawn one by one, so a
reviewer's severity is part of both outcomes of a case, and what is asked is of these cases and
their readers (Abadie, Athey, Imbens and Wooldridge 2023, Quarterly Journal of Economics 138).
Inclusion probabilities do not weigh: what is asked is of cases that are reviewed, not of the frame.
Assumed is that whether a review comes back does not depend on the draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from cases.language.messages import Sayable, _, sentences
from cases.numeric import Floats, Z
from cases.tables.tables import Tables, rows
from evaluation.statistics.metrics import FEWEST, Figure
from evaluation.statistics.saying import points
from evaluation.surveys.reopened import PlanFrame, counted_once
from evaluation.surveys.returned import answers
from features.as_of import final_readings
from features.grades import counting
from policies.spot_check.plan import PlanParameters
from policies.spot_check.reading import drawn_hidden
from policies.spot_check.verify import Kept

LEAST_FREE = 0.05  # 1 - leverage; of a case that decides alone where the line lies it would be 0
COMPARED: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "risk": pl.Float64(),
    "hidden": pl.Boolean(),
    "chance": pl.Float64(),
    "otherwise": pl.Boolean(),
    "y": pl.Float64(),
}


@dataclass(frozen=True)
class Anchoring:
    """What grades say of cases with the risk `shown` and `hidden` (counts), as that was drawn.

    `slope` and `level` are withheld where either group has fewer than `FEWEST` cases with a
    defect, or without. `otherwise` were graded otherwise than drawn, by what the review says;
    they count as drawn, so that the groups stay comparable and the figures are rather too small.
    """

    shown: int
    hidden: int
    otherwise: int
    slope: Figure
    level: Figure

    @property
    def per_ten_points(self) -> Figure:
        """The slope per 10 points of risk, as a share."""
        slope = self.slope
        value, low, high = (
            None if each is None else each / 10 for each in (slope.value, slope.low, slope.high)
        )
        return Figure(value, low, high, slope.n, slope.absent)

    @property
    def says(self) -> Sayable:
        """Whether showing the risk influences grades, in words."""
        if self.level.value is None:
            return _(
                "Whether showing the risk influences grades cannot be told yet: it was shown for "
                "{shown:,} graded cases and hidden for {hidden:,}, and each group needs {fewest} "
                "with a defect and {fewest} without.",
                shown=self.shown,
                hidden=self.hidden,
                fewest=FEWEST,
            )
        counts = _(
            "Before the grade the risk was shown in {shown:,} cases and hidden in {hidden:,}, as "
            "drawn.",
            shown=self.shown,
            hidden=self.hidden,
        )
        return sentences(counts, *_say_slope(self.per_ten_points), *_say_level(self.level))


def _say_slope(slope: Figure) -> Iterator[Sayable]:
    if slope.value is None:
        return
    if slope.surely_above(0):
        says = _(
            "Showing it pulls grades towards it: with each 10 points of risk the rate of defects "
            "found rises by {points} more than where it is hidden.",
            points=points(slope),
        )
    elif slope.surely_below(0):
        says = _(
            "Showing it pushes grades away from it: with each 10 points of risk the rate of "
            "defects found rises by {points} more than where it is hidden.",
            points=points(slope),
        )
    else:
        says = _(
            "It cannot be seen that showing it pulls grades towards it: with each 10 points of "
            "risk the rate of defects found rises by {points} more than where it is hidden.",
            points=points(slope),
        )
    yield says


def _say_level(level: Figure) -> Iterator[Sayable]:
    """Whether more or fewer defects are found, if that is sure."""
    if level.surely_above(0) or level.surely_below(0):
        yield _(
            "Where it is shown, the rate of defects found is higher by {points}.",
            points=points(level),
        )


def anchoring(tables: Tables, plans: Sequence[Kept], until: datetime) -> Anchoring | None:
    """How far the risk influences first grades that are final by `until`, over verified `plans`.

    None if no plan has drawn of which cases the risk is hidden, or no review has come back.
    """
    cases = compared(tables, plans, until)
    return None if cases.is_empty() else compare(cases)


def compared(tables: Tables, plans: Sequence[Kept], until: datetime) -> pl.DataFrame:
    """The drawn cases with a first grade of which is known whether the risk was shown.

    Columns `COMPARED`: the plan's `risk`, whether the draw has it `hidden`, with which `chance` a
    case came to be in that group, whether it was graded `otherwise`, and `y`, 1 for a defect.
    """
    parameters = [PlanParameters.model_validate(kept.manifest["parameters"]) for kept in plans]
    once = counted_once(
        [
            PlanFrame(request.as_of, str(kept.manifest["plan_id"]), kept.frame)
            for kept, request in zip(plans, parameters, strict=True)
        ]
    )
    readings = rows(final_readings(tables, until)).filter(
        pl.col("grade").is_in(list(tables.office.grade_ranks))
    )
    defect = pl.col("grade").is_in(sorted(tables.office.defect_grades))
    parts = [pl.DataFrame(schema=COMPARED)]
    for frame, kept, request in zip(once.frames, plans, parameters, strict=True):
        drawn = frame.filter(pl.col("case_id").is_in(kept.listed))
        if 0 < request.hidden_share < 1 and drawn.height:
            graded = counting(answers(readings, drawn)).drop_nulls("risk_shown")
            asked = _as_drawn(drawn, request).join(graded, on="case_id", maintain_order="left")
            otherwise = pl.col("hidden") == pl.col("risk_shown")
            found = asked.with_columns(otherwise=otherwise, y=defect.cast(pl.Float64))
            parts.append(found.select(*COMPARED))
    return pl.concat(parts)


def _as_drawn(drawn: pl.DataFrame, request: PlanParameters) -> pl.DataFrame:
    share = request.hidden_share
    return drawn.select(
        "case_id", "risk", hidden=drawn_hidden(request, drawn["case_id"])
    ).with_columns(chance=pl.when("hidden").then(share).otherwise(1 - share))


def compare(cases: pl.DataFrame) -> Anchoring:
    """The two figures from the columns `risk, hidden, chance, otherwise, y` of `COMPARED`."""
    centred = cases.with_columns(x=pl.col("risk") - pl.col("risk").mean())
    groups = centred.filter(~pl.col("hidden")), centred.filter("hidden")
    shown, hidden = (group.height for group in groups)
    level = slope = Figure.withheld(cases.height)
    differ = min(group["x"].n_unique() for group in groups) > 1
    if min(map(_fewest, groups)) >= FEWEST and (differ or centred["x"].n_unique() == 1):
        one, other = map(_line, groups)
        value, variance = one[0] - other[0], one[1] + other[1]
        level = _figure(value[0], variance[0], cases.height)
        slope = _figure(value[1], variance[1], cases.height) if differ else slope
    return Anchoring(shown, hidden, int(cases["otherwise"].sum()), slope, level)


def _fewest(group: pl.DataFrame) -> int:
    """How many cases of a group have a defect, or how many have none: the fewer."""
    defects = int(group["y"].sum())
    return min(defects, group.height - defects)


def _figure(value: float, variance: float, n: int) -> Figure:
    half = Z * float(variance) ** 0.5
    return Figure(float(value), float(value) - half, float(value) + half, n)


def _line(group: pl.DataFrame) -> tuple[Floats, Floats]:
    """Height at 0 and slope of the line of `y` over `x`, and their variances.

    Least squares, each case weighted by 1 / its `chance`; without a slope where all `x` are equal.
    """
    x, y, chance = (group[name].to_numpy() for name in ("x", "y", "chance"))
    design = np.column_stack([np.ones_like(x), x])
    weighted = design / chance[:, None]
    inverse = np.linalg.pinv(weighted.T @ design)
    found = inverse @ (weighted.T @ y)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, weighted)
    rest = (y - design @ found) / np.maximum(1 - leverage, LEAST_FREE)
    scores = weighted * rest[:, None]
    return found, np.diag(inverse @ (scores.T @ scores) @ inverse)
