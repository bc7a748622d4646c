"""Reasons: exact, grouped, raising, and in words."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

from cases.language.catalogues import Language, languages
from cases.tables.tables import Tables, rows
from features.as_of import closing_moments, intake_moments
from features.catalogue import catalogue
from models.bundle.bundle import Bundle
from models.questions.risk import RiskQuestion
from models.reasons.reasons import (
    check_sum,
    group_of,
    is_about_the_day,
    usual_values,
)
from models.reasons.wording import Wording
from tests.factories.office import office
from tests.factories.small_office import UNTIL
from training.fit import risk_table


@pytest.fixture(scope="module")
def x(small_tables: Tables) -> pl.DataFrame:
    """Risk features of all closed cases of the made-up office."""
    return risk_table(small_tables, closing_moments(small_tables, after=None, until=UNTIL))


def test_contributions_sum_to_the_score(bundle: Bundle, x: pl.DataFrame) -> None:
    """Contributions and base sum to the raw score of every case, to a millionth."""
    scorer = bundle.question(RiskQuestion).model.scorer_
    assert np.abs(scorer.contributions(x).sum(axis=1) - scorer.raw(x)).max() < 1e-6


def test_contributions_of_another_score_raise() -> None:
    """Contributions that miss the score by more are an error, NaN too."""
    check_sum(np.array([[0.5, 0.25]]), np.array([0.75 + 1e-7]))
    for raw in (0.7501, np.nan):
        with pytest.raises(ArithmeticError, match="miss the score"):
            check_sum(np.array([[0.5, 0.25]]), np.array([raw]))


def test_only_what_raises_the_risk_strongest_first(bundle: Bundle, x: pl.DataFrame) -> None:
    """Every reason raises the risk, stands once, and none is stronger than the one before."""
    wording = Wording(catalogue(bundle.office), bundle.usual["risk"])
    for case in bundle.question(RiskQuestion).explain(x[:100], wording, 5):
        contributions = [reason.contribution for reason in case]
        assert contributions == sorted(contributions, reverse=True)
        assert all(contribution > 0 for contribution in contributions)
        groups = [group_of(reason.feature) for reason in case]
        assert len(set(groups)) == len(groups) <= 5
        assert not any(is_about_the_day(reason.feature) for reason in case)


def test_what_is_usual_is_no_reason(bundle: Bundle, x: pl.DataFrame) -> None:
    """No reason says that a value is the usual one, whatever it adds to the risk."""
    wording = Wording(catalogue(bundle.office), bundle.usual["risk"])
    reasons = [
        reason for case in bundle.question(RiskQuestion).explain(x, wording, 99) for reason in case
    ]
    assert reasons
    for language in languages():
        for sentence in {reason.sentence.say(language) for reason in reasons}:
            value, usual = re.search(
                r"(?:: |：)(.*?) ?[(（](?:usual: |通常：)(.*)[)）]$", sentence
            ).groups()
            assert value != usual


def test_only_a_risky_case_has_reasons(bundle: Bundle, x: pl.DataFrame) -> None:
    """A case whose contributions lower its risk on the whole has no reasons."""
    wording = Wording(catalogue(bundle.office), bundle.usual["risk"])
    risk = bundle.question(RiskQuestion)
    sums = risk.model.scorer_.contributions(x)[:, :-1].sum(axis=1)
    found = risk.explain(x, wording, 5)
    assert all(not case for case, total in zip(found, sums, strict=True) if total <= 0)
    assert 0 < sum(map(bool, found)) < len(found)


def test_group_carries_its_members_together(bundle: Bundle, x: pl.DataFrame) -> None:
    """A reason's contribution is the sum over its whole group."""
    scorer = bundle.question(RiskQuestion).model.scorer_
    wording = Wording(catalogue(bundle.office), bundle.usual["risk"])
    riskiest = x[int(scorer.raw(x).argmax())]
    (case,) = bundle.question(RiskQuestion).explain(riskiest, wording, 5)
    assert case
    row = scorer.contributions(riskiest)[0]
    for reason in case:
        group = group_of(reason.feature)
        members = [p for p, name in enumerate(scorer.columns.names) if group_of(name) == group]
        assert reason.contribution == pytest.approx(float(row[members].sum()))


@pytest.mark.parametrize(
    ("language", "simple", "complicated"),
    [("en", "speaks for simple: ", "speaks for complex: "), ("zh", "倾向简单——", "倾向复杂——")],
)
def test_complexity_is_explained_either_way(
    bundle: Bundle, small_tables: Tables, language: Language, simple: str, complicated: str
) -> None:
    """What lowers the probability speaks for simple, what raises it for complex; nothing usual."""
    opened = intake_moments(small_tables, after=None, until=UNTIL)
    x = bundle.features(small_tables, opened, "complexity")
    usual = bundle.usual["complexity"]
    found = bundle.explain("complexity", x, top=2)
    assert any(found.values())
    for case in x.to_dicts():
        reasons = found[case["case_id"]]
        assert len(reasons) <= 2
        sizes = [abs(reason.contribution) for reason in reasons]
        assert sizes == sorted(sizes, reverse=True)
        for reason in reasons:
            word = complicated if reason.contribution > 0 else simple
            assert reason.sentence.say(language).startswith(word)
            assert case[reason.feature] != usual[reason.feature]


def test_reasons_are_about_the_facts(bundle: Bundle, small_tables: Tables) -> None:
    """What the made-up office's risk is made of is what the reasons speak of."""
    moments = closing_moments(small_tables, after=None, until=UNTIL)
    cases = small_tables.case_rows.filter(suspects=5.0)["case_id"]
    found = bundle.explain("risk", bundle.features(small_tables, moments, "risk"), top=5)
    assert set(found) == set(rows(moments)["case_id"])
    said = [str(reason.sentence) for case in cases if case in found for reason in found[case]]
    about = [sentence for sentence in said if sentence.startswith("number of suspects: 5 (usual: ")]
    assert len(about) > 0.9 * sum(bool(found.get(case)) for case in cases) > 100


def test_both_languages(bundle: Bundle, small_tables: Tables) -> None:
    """One reason can be said in English and Chinese."""
    moments = closing_moments(small_tables, after=None, until=UNTIL)
    found = bundle.explain("risk", bundle.features(small_tables, moments, "risk"), top=5)
    reason = next(reasons for reasons in found.values() if reasons)[0]
    assert "usual" in reason.sentence.say("en")
    assert "通常" in reason.sentence.say("zh")


@pytest.mark.parametrize(
    ("values", "feature", "usual"),
    [
        ([1.0, 2.0, 9.0], "attribute.suspects", 2.0),
        ([1.0, None, None], "attribute.suspects", None),
        ([1.0, 2.0, None], "attribute.suspects", 1.5),
        (["b", "a", "b"], "attribute.charge", "b"),
        ([0.0, 1.0, 1.0], "attribute.appealed", 1.0),
    ],
)
def test_usual_value(values: list[float | str | None], feature: str, usual: float | None) -> None:
    """Medians of numbers, the commonest code or flag, nothing where most is missing."""
    known = catalogue(office())
    assert usual_values(pl.DataFrame({feature: values}), known, [feature]) == {feature: usual}
