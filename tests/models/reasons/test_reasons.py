"""Reasons: what adds to the score and what substitution confirms, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.language.catalogues import Language, languages
from cases.tables.tables import Tables, rows
from features.as_of import closing_moments, intake_moments
from features.catalogue import catalogue
from models.bundle.bundle import Bundle
from models.questions.risk import RiskQuestion
from models.reasons.parts import group_of, is_about_the_day
from models.reasons.reasons import LEAST_CHANGE, Explained, Reason, explain
from models.reasons.usual import Usual
from models.reasons.wording import Wording, says_risk
from tests.factories.fakes import Additive
from tests.factories.office import office
from tests.factories.small_office import UNTIL
from training.fit import risk_table

SUSPECTS = "attribute.suspects"
EXACT = 1e-12


def explained_by(model: Additive, *, either_way: bool = False) -> Explained:
    """A sum worked out by hand, explained as risk is."""
    return Explained(model, says_risk, either_way)


def reasons_of(
    explained: Explained, cases: Mapping[str, list[float]], top: int = 3, against: int = 0
) -> list[tuple[Reason, ...]]:
    """Reasons of cases whose usual values are all 0, compared with cases that are so."""
    x = pl.DataFrame(cases, schema=dict.fromkeys(cases, pl.Float64))
    known = catalogue(office())
    wording = Wording(
        {name: known.get(name, known[SUSPECTS]) for name in cases}, dict.fromkeys(cases, Usual(0.0))
    )
    return explain(explained, x, wording, np.zeros(len(cases)), top, against)


NAMES = ("attribute.a", "attribute.b", "workload.unit_open", "workload.unit_closed")
NUMBER = st.floats(-3, 3, allow_nan=False)


@given(
    weights=st.lists(NUMBER, min_size=4, max_size=4),
    together=NUMBER,
    values=st.lists(st.lists(NUMBER, min_size=4, max_size=4), min_size=1, max_size=4),
    top=st.integers(0, 4),
    against=st.integers(0, 2),
    either_way=st.booleans(),
)
def test_every_reason_is_confirmed(
    weights: list[float],
    together: float,
    values: list[list[float]],
    top: int,
    against: int,
    either_way: bool,
) -> None:
    """Without the fact, or without its whole group, the estimate differs by half a point."""
    model = Additive(dict(zip(NAMES, weights, strict=True)), together)
    cases = {name: [row[i] for row in values] for i, name in enumerate(NAMES)}
    x, own = pl.DataFrame(cases), model.probability(pl.DataFrame(cases))
    found = reasons_of(explained_by(model, either_way=either_way), cases, top, against)
    for row, reasons in enumerate(found):
        raising = [reason for reason in reasons if reason.raises]
        assert len(reasons) <= top if either_way else len(raising) <= top
        assert either_way or len(reasons) - len(raising) <= against
        for reason in reasons:
            group = [name for name in NAMES if group_of(name) == group_of(reason.feature)]
            direction = 1 if reason.raises else -1
            for changed in (group, [reason.feature]):
                case = x[row].with_columns(pl.lit(0.0).alias(name) for name in changed)
                change = direction * (own[row] - model.probability(case)[0])
                assert change >= LEAST_CHANGE - EXACT
            case = x[row].with_columns(pl.lit(0.0).alias(name) for name in group)
            assert reason.without == pytest.approx(model.probability(case)[0])


@pytest.mark.parametrize(
    ("values", "without"),
    [
        ((1.0, 0.0), [0.5]),
        ((0.02, 0.0), []),  # from 50 to 50.5 %, less than half a point as 0.4998
        ((0.021, 0.0), [0.5]),
        ((1.0, 1.0), [0.731, 0.731]),
        ((2.0, -1.0), [0.269]),
        ((-1.0, 0.0), []),
    ],
)
def test_worked_out(values: tuple[float, float], without: list[float]) -> None:
    """Two facts that add their values to log-odds of 0: what raises by half a point is shown."""
    model = Additive(dict.fromkeys(NAMES[:2], 1.0))
    cases = {name: [value] for name, value in zip(NAMES[:2], values, strict=True)}
    (reasons,) = reasons_of(explained_by(model), cases)
    assert [reason.without for reason in reasons] == pytest.approx(without, abs=5e-4)


def test_what_substitution_contradicts_is_no_reason() -> None:
    """A contribution that substitution does not confirm is none of the reasons."""
    # The second adds -1 and half of 1.6, which lowers; but without it the log-odds are 0.6 lower.
    model = Additive({NAMES[0]: 0.0, NAMES[1]: -1.0}, together=1.6)
    (both,) = reasons_of(explained_by(model), {NAMES[0]: [1.0], NAMES[1]: [1.0]}, against=3)
    assert [(reason.feature, reason.raises) for reason in both] == [(NAMES[0], True)]


def test_reasons_for_and_against() -> None:
    """What raises comes first, then what lowers, each with its direction and the risk without."""
    cases = {NAMES[0]: [2.0], NAMES[1]: [-1.0], NAMES[2]: [1.0]}
    model = Additive(dict.fromkeys(cases, 1.0))
    (reasons,) = reasons_of(explained_by(model), cases, top=1, against=1)
    assert [(reason.feature, reason.raises) for reason in reasons] == [
        (NAMES[0], True),
        (NAMES[1], False),
    ]
    assert [str(reason.sentence) for reason in reasons] == [
        "number of suspects: 2; usually 0 – raises the risk from 50% to 88%",
        "number of suspects: -1; usually 0 – lowers the risk from 95% to 88%",
    ]


def test_more_are_tried_than_shown() -> None:
    """A candidate that is not confirmed does not take the place of one that is."""
    # The first adds 1 - 0.5, the most, but without it the log-odds are as before: 0.6 + 0.3.
    model = Additive({NAMES[0]: 1.0, NAMES[1]: 0.6, NAMES[2]: 0.3}, together=-1.0)
    cases = {name: [1.0] for name in NAMES[:3]}
    (reasons,) = reasons_of(explained_by(model), cases, top=1)
    assert [reason.feature for reason in reasons] == [NAMES[2]]


def test_strongest_change_first() -> None:
    """Reasons stand in the order of what a reader sees: how far the risk would fall."""
    model = Additive({NAMES[0]: 1.0, NAMES[1]: 0.9, NAMES[2]: 0.8}, together=-0.5)
    (reasons,) = reasons_of(explained_by(model), {name: [1.0] for name in NAMES[:3]})
    assert [reason.feature for reason in reasons] == [NAMES[2], NAMES[0], NAMES[1]]
    without = [reason.without for reason in reasons]
    assert without == sorted(without)


@pytest.fixture(scope="module")
def x(small_tables: Tables) -> pl.DataFrame:
    """Risk features of all closed cases of the made-up office."""
    return risk_table(small_tables, closing_moments(small_tables, after=None, until=UNTIL))


@pytest.fixture(scope="module")
def found(bundle: Bundle, x: pl.DataFrame) -> dict[str, tuple[Reason, ...]]:
    """The reasons of these cases, compared with each other."""
    return bundle.explain("risk", x, 5, among=x)


@pytest.mark.parametrize("code", ["risk", "complexity"])
def test_fitted_models_confirm_their_reasons(
    bundle: Bundle, small_tables: Tables, code: str
) -> None:
    """With the usual value in place of the fact named, the model says at least half a point less.

    Of a code without a usual value the mean over the values that stand in for it.
    """
    moments = closing_moments if code == "risk" else intake_moments
    x = bundle.features(small_tables, moments(small_tables, after=None, until=UNTIL), code)[:150]
    question, found = bundle.questions[code], bundle.explain(code, x, 3, against=1)
    own = question.answer(x)[question.estimate]
    assert sum(map(len, found.values())) > 100
    for row, case in enumerate(x["case_id"]):
        for reason in found[case]:
            without = sum(
                weight * question.answer(_with(x[row], reason.feature, value))[question.estimate][0]
                for value, weight in bundle.usual[code][reason.feature].stand_ins
            )
            change = own[row] - without
            assert (change if reason.raises else -change) >= LEAST_CHANGE - EXACT


def _with(case: pl.DataFrame, name: str, value: float | str | None) -> pl.DataFrame:
    return case.with_columns(pl.lit(value, dtype=case.schema[name]).alias(name))


def test_each_group_once_and_none_about_the_day(found: dict[str, tuple[Reason, ...]]) -> None:
    """Every reason raises the risk and stands for a group of its own, about the case."""
    assert any(found.values())
    for reasons in found.values():
        assert all(reason.raises for reason in reasons)
        groups = [group_of(reason.feature) for reason in reasons]
        assert len(set(groups)) == len(groups) <= 5
        assert not any(is_about_the_day(reason.feature) for reason in reasons)


def test_what_is_usual_is_no_reason(bundle: Bundle, x: pl.DataFrame) -> None:
    """No reason says that a value is the usual one, whatever it adds to the risk."""
    found = bundle.explain("risk", x, 99)
    compared = 0
    for language in languages():
        for sentence in {
            reason.sentence.say(language) for case in found.values() for reason in case
        }:
            said = re.search(r"(?:: |：)([^:：]*?)(?:; usually |（通常：)(.*?)(?: –|）)", sentence)
            compared += said is not None
            assert said is None or said[1] != said[2]
    assert compared


def test_only_a_risky_case_has_reasons(
    bundle: Bundle, x: pl.DataFrame, found: dict[str, tuple[Reason, ...]]
) -> None:
    """A case that scores no higher than the mean of those it is compared with has no reasons."""
    raw = bundle.question(RiskQuestion).model.raw(x)
    riskier = dict(zip(x["case_id"], raw > raw.mean(), strict=True))
    assert all(riskier[case] for case, reasons in found.items() if reasons)
    assert 0 < sum(map(bool, found.values())) < len(found)


def test_few_cases_are_compared_with_those_trained_on(bundle: Bundle, x: pl.DataFrame) -> None:
    """A case alone, or among few, has the same reasons as without a frame; among many others."""
    for among in (x[:1], x[:49]):
        assert bundle.explain("risk", x, 5, among=among) == bundle.explain("risk", x, 5)
    riskiest = x.sort(pl.Series(bundle.question(RiskQuestion).model.predict(x)))[-60:]
    among_risky = bundle.explain("risk", riskiest, 5, among=riskiest)
    alone = bundle.explain("risk", riskiest, 5)
    assert sum(map(bool, among_risky.values())) < sum(map(bool, alone.values())) == 60


@pytest.mark.parametrize(
    ("language", "simple", "complicated"),
    [("en", "speaks for simple: ", "speaks for complex: "), ("zh", "倾向简单——", "倾向复杂——")],
)
def test_complexity_is_explained_either_way(
    bundle: Bundle, small_tables: Tables, language: Language, simple: str, complicated: str
) -> None:
    """What lowers the probability speaks for simple, what raises it for complex."""
    opened = intake_moments(small_tables, after=None, until=UNTIL)
    x = bundle.features(small_tables, opened, "complexity")
    found = bundle.explain("complexity", x, top=2)
    probability = dict(
        zip(x["case_id"], bundle.answer("complexity", x)["complex_probability"], strict=True)
    )
    for case, reasons in found.items():
        assert len(reasons) <= 2
        changes = [abs(probability[case] - reason.without) for reason in reasons]
        assert changes == sorted(changes, reverse=True)
        for reason in reasons:
            word = complicated if reason.raises else simple
            assert reason.sentence.say(language).startswith(word)
    assert {reason.raises for reasons in found.values() for reason in reasons} == {True, False}


def test_reasons_are_about_the_facts(
    bundle: Bundle, small_tables: Tables, found: dict[str, tuple[Reason, ...]]
) -> None:
    """What the made-up office's risk is made of is what the reasons speak of."""
    moments = closing_moments(small_tables, after=None, until=UNTIL)
    assert set(found) == set(rows(moments)["case_id"])
    cases = small_tables.case_rows.filter(suspects=5.0)["case_id"]
    said = [str(reason.sentence) for case in cases if case in found for reason in found[case]]
    about = [
        sentence for sentence in said if sentence.startswith("number of suspects: 5; usually ")
    ]
    assert len(about) > 0.9 * sum(bool(found.get(case)) for case in cases) > 100


def test_both_languages(found: dict[str, tuple[Reason, ...]]) -> None:
    """One reason can be said in English and Chinese."""
    reason = next(reasons for reasons in found.values() if reasons)[0]
    assert "raises the risk from" in reason.sentence.say("en")
    assert "使风险由" in reason.sentence.say("zh")
