"""How far showing the risk influences grades."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from cases.tables.tables import REVIEWS, Tables, case_columns
from evaluation.surveys.anchoring import COMPARED as COLUMNS
from evaluation.surveys.anchoring import Anchoring, anchoring, compare, compared
from policies.spot_check.plan import PlanParameters
from policies.spot_check.planning import draw_plan
from policies.spot_check.reading import drawn_hidden
from policies.spot_check.verify import Kept, listed
from tests.factories.frames import frame, parameters
from tests.factories.office import OFFICE, office, rows

JULY, LATE = datetime(2024, 7, 1), datetime(2024, 12, 31)


def case(risk: float, defects: int, of: int, *, hidden: bool, chance: float = 0.5) -> pl.DataFrame:
    """Cases of one risk and group, so many of them with a defect."""
    y = [1.0] * defects + [0.0] * (of - defects)
    return pl.DataFrame({"risk": risk, "hidden": hidden, "chance": chance, "y": y}).with_columns(
        otherwise=pl.lit(value=False)
    )


def test_slope_and_level_by_hand() -> None:
    """As the risk rises from 0.2 to 0.6 the rate does so from 10 to 70 % or, hidden, 20 to 40 %."""
    cases = pl.concat(
        [
            case(0.2, 5, 50, hidden=False),
            case(0.6, 35, 50, hidden=False),
            case(0.2, 10, 50, hidden=True),
            case(0.6, 20, 50, hidden=True),
        ]
    )
    found = compare(cases)
    assert (found.shown, found.hidden, found.otherwise) == (100, 100, 0)
    assert found.slope.value == pytest.approx(0.6 / 0.4 - 0.2 / 0.4)
    assert found.level.value == pytest.approx(0.4 - 0.3)
    # The two ends of each line are means of 50 cases, whose residuals count 50 / 49 times.
    spread = sum(rate * (1 - rate) for rate in (0.1, 0.7, 0.2, 0.4)) * 50 / 49**2
    assert found.slope.high == pytest.approx(1 + 1.959964 * spread**0.5 / 0.4)
    assert found.level.high == pytest.approx(0.1 + 1.959964 * spread**0.5 / 2)
    assert "Showing it pulls grades towards it" in str(found.says)
    assert "rises by 10 (4 to 16)" in str(found.says)


def test_plans_of_different_shares_are_weighted() -> None:
    """One of a low rate hides most, one of a high rate little: that is no effect of showing."""
    cases = pl.concat(
        case(risk, round(risk * of), of, hidden=hidden, chance=chance)
        for risk, share in ((0.1, 0.8), (0.5, 0.2))
        for hidden, chance in ((True, share), (False, 1 - share))
        for of in (round(1_000 * chance),)
    )
    found = compare(cases)
    assert found.level.value == pytest.approx(0, abs=1e-9)
    assert found.slope.value == pytest.approx(0, abs=1e-9)


def test_few_defects_say_nothing() -> None:
    """Nine in a group are too few; where all risks are equal there is a level and no slope."""
    groups = case(0.3, 9, 50, hidden=True), case(0.3, 10, 50, hidden=False)
    found = compare(pl.concat(groups))
    assert (found.slope.value, found.level.value, found.level.absent) == (None, None, "too_few")
    assert "cannot be told yet" in str(found.says)
    enough = compare(pl.concat([case(0.3, 10, 50, hidden=True), groups[1]]))
    assert (enough.slope.value, enough.level.value) == (None, pytest.approx(0))
    assert str(enough.says).endswith("hidden in 50, as drawn.")


def test_the_intervals_hold() -> None:
    """Of 400 series of 200 cases with reviewers who lean, 93 % and more; no bias in the mean."""
    rng = np.random.default_rng(1)
    errors, held = [], []
    for _number in range(400):
        log_odds = rng.normal(-0.8, 1.0, 200)
        own = log_odds + rng.logistic(size=200)
        with_risk, without = 0.6 * own + 0.4 * log_odds > 0, own > 0
        hidden, risk = rng.random(200) < 0.4, expit(log_odds)
        cases = pl.DataFrame(
            {
                "risk": risk,
                "hidden": hidden,
                "chance": np.where(hidden, 0.4, 0.6),
                "y": np.where(hidden, without, with_risk).astype(float),
            }
        ).with_columns(otherwise=pl.lit(value=False))
        found = compare(cases)
        centred = risk - risk.mean()
        effect = with_risk.astype(float) - without
        for figure, true in (
            (found.slope, centred @ effect / (centred @ centred)),
            (found.level, effect.mean()),
        ):
            assert figure.low is not None
            errors.append((figure.value or 0.0) - true)
            held.append(figure.low <= true <= (figure.high or 0.0))
    slope, level = (np.array(errors)[start::2] for start in (0, 1))
    assert abs(slope.mean()) < 4 * slope.std() / 20
    assert abs(level.mean()) < 4 * level.std() / 20
    assert min(np.mean(held[0::2]), np.mean(held[1::2])) >= 0.93


def kept(share: float, seed: str = "1", cases: int = 8) -> tuple[Kept, pl.DataFrame]:
    """A plan of all cases, that hides this share, and its cases with what was drawn hidden."""
    request = parameters(as_of=JULY, capacity=cases, seed=seed, hidden_share=share)
    plan = draw_plan(frame(np.linspace(0.1, 0.8, cases)), request)
    drawn = plan.frame.select("case_id", "closed_at", "risk")
    hidden = drawn_hidden(request, drawn["case_id"])
    return Kept(plan.describe(), plan.frame, listed(plan.lines)), drawn.with_columns(hidden=hidden)


def graded(drawn: pl.DataFrame, shown: pl.Expr) -> Tables:
    """The office in which these cases were reviewed, the risk `shown` or not."""
    described = office(reviews=OFFICE["reviews"] | {"maturity_days": 0})
    opened = drawn.select("case_id", "closed_at", opened_at=pl.lit("2024-01-01"))
    text = "\n".join(" | ".join(map(str, row)) for row in opened.rows())
    made = drawn.select(
        "case_id",
        reviewed_at=pl.lit(JULY + timedelta(days=3)).cast(pl.Datetime("us")),
        reviewer=pl.lit("r1"),
        grade=pl.lit("bad"),
        risk_shown=shown,
    )
    agreed = made.with_columns(reading=pl.lit("consolidated"), grade=pl.lit("good"))
    reviews = pl.concat([pl.DataFrame(schema=REVIEWS), made, agreed], how="diagonal")
    cases = rows("case_id | closed_at | opened_at\n" + text, case_columns(described))
    return Tables.of(described, cases, reviews=reviews)


def test_first_grades_of_randomised_cases_are_compared() -> None:
    """With the plan's risk and what its draw says; consolidated grades are nobody's alone."""
    plan, drawn = kept(0.4)
    tables = graded(drawn, ~pl.col("hidden"))
    found = compared(tables, [plan], LATE)
    assert dict(found.schema) == COLUMNS
    assert found.select("case_id", "risk", "hidden").equals(
        drawn.select("case_id", "risk", "hidden")
    )
    assert set(found.select("hidden", "chance").rows()) == {(True, 0.4), (False, 0.6)}
    assert found["y"].to_list() == [1.0] * 8
    assert anchoring(tables, [plan], LATE) == Anchoring(
        *(drawn.filter(hidden=hidden).height for hidden in (False, True)),
        0,
        compare(found).slope,
        compare(found).level,
    )
    assert anchoring(tables, [plan], JULY) is None


def test_who_saw_otherwise_counts_as_drawn() -> None:
    """One reviewer saw every risk: the groups stay as drawn, and it is said how many departed."""
    plan, drawn = kept(0.4)
    found = compared(graded(drawn, pl.lit(value=True)), [plan], LATE)
    assert found["otherwise"].to_list() == drawn["hidden"].to_list()
    assert found["hidden"].to_list() == drawn["hidden"].to_list()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_without_a_draw_nothing_is_compared(share: float) -> None:
    """Every risk shown, or none; nor where it is not known whether it was shown."""
    plan, drawn = kept(share)
    assert anchoring(graded(drawn, ~pl.col("hidden")), [plan], LATE) is None
    half, drawn = kept(0.5)
    unknown = graded(drawn, pl.lit(None, pl.Boolean))
    assert anchoring(unknown, [half], LATE) is None
    assert anchoring(unknown, [], LATE) is None


def test_a_case_of_two_plans_counts_in_the_first() -> None:
    """As drawn for that; a plan named twice counts once."""
    (first, drawn), (second, _again) = kept(0.5), kept(0.5, "2")
    later = second.manifest | {
        "parameters": PlanParameters.model_validate(second.manifest["parameters"])
        .model_copy(update={"as_of": JULY + timedelta(days=1)})
        .model_dump(mode="json")
    }
    plans = [Kept(later, second.frame, second.lines), first, first]
    found = compared(graded(drawn, ~pl.col("hidden")), plans, LATE)
    assert found["hidden"].to_list() == drawn["hidden"].to_list()
