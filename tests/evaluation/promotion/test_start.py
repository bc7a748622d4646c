"""From the start to a fitted model, through the gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cases.language.texts import Text
from cases.progress import silent
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest, Outcome
from evaluation.promotion import candidate, gate
from evaluation.promotion.candidate import Trained, train_candidate
from evaluation.promotion.gate import Before, Verdict
from evaluation.promotion.start import against_start, decide_on, instead_of
from evaluation.promotion.worth import Worth
from models.bundle.bundle import Bundle
from models.registry import CHAMPION, Registry, office_name
from tests.factories.small_office import UNTIL, small_office
from training.run import train, with_start

EARLY = datetime(2024, 2, 20)  # by when few of its cases are reviewed
RULE = {"rule_of_thumb": [{"points": 1, "when": [{"attribute": "suspects", "at_least": 4}]}]}
UNTRIED = Backtest(*[None] * 7)
GOOD, BAD = (Verdict(good, Text(en="so judged.")) for good in (True, False))
BECAUSE = Text(en="it is a test.")


@pytest.fixture(scope="module")
def office() -> Tables:
    """An office with a rule of thumb, and risk alone to learn."""
    return small_office(700, risk=RULE, complexity=None)


@pytest.fixture(scope="module")
def fitted(office: Tables) -> Bundle:
    """Its bundle once enough is reviewed."""
    return train(office, UNTIL)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """An empty registry; nothing is backtested, and nobody looks for leaks."""
    monkeypatch.setattr(candidate, "find_leaks", lambda *_: ())
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: UNTRIED)
    monkeypatch.setattr(candidate, "last_year_efforts", lambda *_: None)
    return Registry(tmp_path)


def trained(
    office: Tables,
    registry: Registry,
    until: datetime,
    monkeypatch: pytest.MonkeyPatch,
    judged: Verdict,
) -> Trained:
    """A training whose fitted candidate the gate judges so."""
    worth = Worth(judged.promoted, judged.reason)
    monkeypatch.setattr(gate, "judge", lambda *_: worth)
    return train_candidate(office, registry, until, silent)


def test_the_path_of_a_new_office(
    office: Tables, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start, start calibrated again beside a refused model, model; a start never replaces it."""
    judged = [(EARLY, BAD), (datetime(2024, 5, 1), BAD), (UNTIL, GOOD), (UNTIL, BAD)]
    steps = [trained(office, registry, until, monkeypatch, verdict) for until, verdict in judged]
    versions = registry.versions(office_name(office.office))
    path = [(one.number, one.start, one.events[0].what) for one in reversed(versions)]
    assert path == [
        ("1", "points", "promoted"),
        ("2", "points", "promoted"),
        ("3", None, "refused"),
        ("4", None, "promoted"),
        ("5", None, "refused"),
    ]
    assert [CHAMPION in version.aliases for version in versions] == [False, True] + [False] * 3
    assert [step.instead is None for step in steps] == [True, False, True, True]
    assert steps[1].instead is not None
    assert "a fitted model was tried and refused" in str(steps[1].instead.verdict.reason)
    assert steps[0].bundle.judged is None
    again = decide_on(office, steps[0].bundle, Before(steps[2].bundle), UNTRIED, silent)
    assert not again.promoted
    assert "which a start does not replace" in str(again.reason)


def test_after_a_refusal_the_start_says_which_version_was_refused(
    office: Tables, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refused version is newer than the start, and is named with its verdict."""
    trained(office, registry, UNTIL, monkeypatch, BAD)
    champion = registry.champion(office.office)
    assert champion.start is not None
    assert champion.start.kind == "points"
    (tried,) = registry.tried(office.office)
    assert str(tried).startswith("Version 2 was tried on")
    assert str(tried).endswith("and refused: so judged.")
    trained(office, registry, UNTIL, monkeypatch, GOOD)
    assert registry.tried(office.office) == ()


def test_complexity_stays_with_the_start_where_it_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Risk is refused: complexity is then judged by itself, and left out where it fails."""
    tables = small_office(700)
    bundle = train(tables, UNTIL)
    assert "complexity" in bundle
    for verdict in (GOOD, BAD):
        worth = Worth(verdict.promoted, verdict.reason)
        monkeypatch.setattr(gate, "judge", lambda *_, worth=worth: worth)
        found = instead_of(tables, bundle, Before(), UNTRIED, silent)
        assert found is not None
        other, said = found
        assert said.promoted
        assert other.start is not None
        assert ("complexity" in other) is verdict.promoted
        assert ("complexity" in other.not_trained) is not verdict.promoted


def test_a_start_that_knows_less_is_refused(office: Tables) -> None:
    """Calibrated on an earlier day it does not replace the start of a later one."""
    late, early = (with_start(train(office, until), office, BECAUSE) for until in (UNTIL, EARLY))
    assert decide_on(office, late, Before(early), UNTRIED, silent).promoted
    assert not decide_on(office, early, Before(late), UNTRIED, silent).promoted


@pytest.mark.parametrize(
    ("own", "start", "promoted", "words"),
    [
        (1.0, 0.3, True, "ranks later cases better than the start: AUC"),
        (0.3, 1.0, False, "does not hold against the start, which stays: AUC"),
        (1.0, 1.0, False, "does not hold against the start"),
    ],
)
def test_a_fitted_model_must_rank_better_than_the_start(
    own: float, start: float, promoted: bool, words: str, tested: Backtest
) -> None:
    """On 2,000 later cases, by how much of the true log-odds each of them knows."""
    assert tested.risk is not None
    verdict = against_start(outcome(tested.risk, own, start))
    assert verdict.promoted is promoted
    assert words in str(verdict.reason)


def outcome(like: Outcome, own: float, start: float) -> Outcome:
    """Later cases scored by the true log-odds times `own` and `start`, and noise for the rest."""
    random = np.random.default_rng(1)
    truth, noise = random.normal(-1, 1, 2000), random.normal(-1, 1, 2000)
    y = (random.random(2000) < 1 / (1 + np.exp(-truth))).astype(int)

    def knowing(share: float) -> pl.Series:
        score = share * truth + (1 - share) * noise
        return pl.Series(1 / (1 + np.exp(-score)))

    scores = {"y": y, "weight": np.ones(2000), MODEL: knowing(own), "rule_of_thumb": knowing(start)}
    return replace(like, scores=pl.DataFrame(scores))
