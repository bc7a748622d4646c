"""Tests of the gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, ndtr
from sklearn.metrics import log_loss, roc_auc_score

from cases.errors import Refused
from cases.language.messages import Message
from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest
from evaluation.promotion import comparison, gate
from evaluation.promotion.comparison import MARGINS, Comparison, compare, later_scores, stretch
from evaluation.promotion.gate import (
    Before,
    Verdict,
    against_champions,
    decide,
    judged_question,
    succeeds,
)
from evaluation.promotion.worth import Worth
from models.bundle.bundle import Bundle
from models.questions.effort import EffortQuestion
from tests.factories.small_office import without
from training.run import train


@pytest.mark.parametrize(
    ("own", "champions", "words"),
    [
        ({}, {}, None),
        ({"trained_until": "2024-07-02T00:00:00"}, {}, None),
        (
            {"trained_until": "2024-06-30T23:59:59"},
            {},
            "by 30 June 2024 23:59, and the champion what was known by 1 July 2024 00:00",
        ),
        ({"lacks": "risk"}, {}, "what the champion estimates: risk."),
        ({"lacks": "risk"}, {"lacks": "risk"}, None),
        ({}, {"lacks": "risk"}, None),
    ],
)
def test_a_champion_yields_to_none_that_knows_less(
    bundle: Bundle, own: dict[str, Any], champions: dict[str, Any], words: str | None
) -> None:
    """A candidate of an earlier time, or without a model the champion has, is not promoted."""
    candidate, champion = (altered(bundle, **changes) for changes in (own, champions))
    verdict = succeeds(candidate, champion)
    assert verdict.promoted is (words is None)
    assert words is None or words in str(verdict.reason)


def altered(bundle: Bundle, lacks: str = "", **about: Any) -> Bundle:
    """The bundle without a question, or with other facts about itself."""
    bundle = without(bundle, **{lacks: "too few."}) if lacks else bundle
    return replace(bundle, about={**bundle.about, **about})


def pair(size: int, noise: float, seed: int) -> tuple[np.ndarray, ...]:
    """Outcomes, a candidate under `noise`, a champion without, and weights."""
    random = np.random.default_rng(seed)
    signal = random.standard_normal(size)
    y = (random.random(size) < expit(1.5 * signal - 2)).astype(float)
    candidate = expit(1.5 * signal - 2 + noise * random.standard_normal(size))
    return y, candidate, expit(1.5 * signal - 2), np.ones(size)


def test_compared_figures_are_those_of_the_library() -> None:
    """AUC and log loss of both, and by how much the candidate is worse."""
    y, candidate, champion, weight = pair(400, 1.0, 1)
    found = {one.figure: one for one in compare(y, candidate, champion, weight)}
    assert set(found) == set(MARGINS)
    auc, loss = found["auc"], found["log_loss"]
    assert auc.candidate == pytest.approx(roc_auc_score(y, candidate))
    assert auc.worse == pytest.approx(roc_auc_score(y, champion) - roc_auc_score(y, candidate))
    assert loss.worse == pytest.approx(log_loss(y, candidate) - log_loss(y, champion))
    assert auc.worse < auc.at_worst


def test_the_upper_end_holds_as_often_as_it_says() -> None:
    """In 97.5 % of samples a candidate is not worse than `at_worst`; tolerance three errors."""
    y, candidate, champion, _ = pair(50_000, 1.0, 0)
    true = roc_auc_score(y, champion) - roc_auc_score(y, candidate)
    samples = [pair(400, 1.0, seed) for seed in range(1, 101)]
    held = [compare(*sample, replicates=100)[0].at_worst >= true for sample in samples]
    assert abs(np.mean(held) - 0.975) <= 3 * (0.025 * 0.975 / 100) ** 0.5


@pytest.mark.parametrize(
    ("noise", "cases", "promoted", "words"),
    [
        (0.0, 600, True, "holds against the champion on 600 cases"),
        (3.0, 600, False, "may be worse than the champion on 600 cases"),
        (
            0.0,
            100,
            False,
            "compare it with the champion, which stays (30 of each",
        ),
        (0.0, 0, False, "What to try: train again when more outcomes are known."),
    ],
)
def test_against_the_champion(noise: float, cases: int, promoted: bool, words: str) -> None:
    """Worse beyond a margin is refused; with too few cases to compare on the champion stays."""
    y, candidate, champion, weight = pair(cases, noise, 2)
    scores = pl.DataFrame({"y": y, "candidate": candidate, "champion": champion, "weight": weight})
    verdict = against_champions(scores)
    assert verdict.promoted is promoted
    assert words in str(verdict.reason)
    assert bool(verdict.comparisons) is (cases == 600)
    assert promoted or "What to try:" in str(verdict.reason)


def test_small_losses_add_up_before_the_best_of_the_past() -> None:
    """What holds against a weak champion is refused where an earlier one was better."""
    y, candidate, best, weight = pair(900, 1.5, 4)
    scores = pl.DataFrame({"y": y, "candidate": candidate, "champion": candidate, "weight": weight})
    assert against_champions(scores).promoted
    verdict = against_champions(scores.with_columns(best=best))
    assert not verdict.promoted
    assert "worse than the best champion before the present one" in str(verdict.reason)
    assert verdict.figures["gate.auc.worse"] == 0
    assert verdict.figures["gate.best.auc.worse"] > 0.02
    same = against_champions(scores.with_columns(best=candidate))
    assert "Nor is it worse than the best champion" in str(same.reason)


def test_attempts_on_the_same_outcomes_share_what_may_go_wrong() -> None:
    """Whatever the number of attempts, the chances of passing by luck add up to 5 %."""
    shares = [2 * float(ndtr(-comparison.Z * stretch(attempt))) for attempt in range(1, 200)]
    assert shares[0] == pytest.approx(0.05)
    assert sum(shares) / 2 == pytest.approx(0.05, rel=0.01)
    sample = pair(600, 1.0, 1)
    first, third = (compare(*sample, attempt=attempt)[0] for attempt in (1, 3))
    assert third.worse == first.worse
    wider = (third.at_worst - third.worse) / (first.at_worst - first.worse)
    assert wider == pytest.approx(stretch(3))


def test_a_verdict_tells_its_figures() -> None:
    """Figures are kept by name; a sentence says what the candidate may lose and what it might."""
    one = Comparison("auc", 0.74, 0.75, 0.01, 0.04)
    assert not one.holds
    assert one.says.say("en") == "AUC 0.740 against 0.750, worse by at most 0.040 (0.03 allowed)"
    assert Verdict(False, Message(""), (one,)).figures == {
        "gate.auc.candidate": 0.74,
        "gate.auc.champion": 0.75,
        "gate.auc.worse": 0.01,
        "gate.auc.at_worst": 0.04,
    }


EARLIER, LATER = datetime(2024, 5, 20), datetime(2024, 8, 1)


@pytest.fixture(scope="module")
def pairs(tables: Tables) -> tuple[Bundle, Bundle]:
    """A champion of May and a bundle of August."""
    return train(tables, EARLIER), train(tables, LATER)


def test_neither_score_has_seen_the_outcome(
    tables: Tables, pairs: tuple[Bundle, Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases are those known after the champion; each is scored by a fit from before it was."""
    champion, bundle = pairs
    fitted = []
    fit = comparison.fit_risk
    monkeypatch.setattr(
        comparison,
        "fit_risk",
        lambda x, known, office: fitted.append(known) or fit(x, known, office),
    )
    scores = later_scores(tables, bundle, champion)
    known_at = comparison.judged_labels(tables, "risk", LATER).filter(pl.col("known_at") > EARLIER)
    assert set(scores["case_id"]) == set(known_at["case_id"])
    origins = [EARLIER, datetime(2024, 6, 30, 23, 59, 59, 999999)]
    assert [known["known_at"].max() <= one for known, one in zip(fitted, origins, strict=True)]
    assert all(
        known.join(known_at.filter(pl.col("known_at") > one), on="case_id").is_empty()
        for known, one in zip(fitted, origins, strict=True)
    )
    # Until the quarter's end the same fit on the same labels is the champion itself.
    early = scores.join(known_at.filter(pl.col("known_at") <= origins[1]), on="case_id")
    assert early["candidate"].to_list() == pytest.approx(early["champion"].to_list())


def untested() -> Backtest:
    """A backtest without later cases."""
    return Backtest(*[None] * 7)


def judged(monkeypatch: pytest.MonkeyPatch, *, holds: bool) -> None:
    """Whatever the backtest says, the model is worth using, or not."""
    words = Message("Good." if holds else "Bad.")
    monkeypatch.setattr(gate, "judge", lambda *_: Worth(holds, words))


def test_the_whole_decision(
    tables: Tables, pairs: tuple[Bundle, Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself, against the champion, or by itself because there is nothing to compare."""
    champion, bundle = pairs
    judged(monkeypatch, holds=True)
    assert str(decide(tables, bundle, untested(), Before()).reason) == "Good."
    both = decide(tables, bundle, untested(), Before(champion))
    assert both.comparisons
    assert both.reason.say("en").startswith("Good. It ")
    blank = Before(without(champion, risk="few."))
    verdict = decide(tables, bundle, untested(), blank)
    assert "The champion does not estimate risk." in str(verdict.reason)

    def refuse(*_: object) -> pl.DataFrame:
        raise Refused("No model: too few.")

    monkeypatch.setattr(gate, "later_scores", refuse)
    alone = decide(tables, bundle, untested(), Before(champion))
    assert (alone.promoted, alone.comparisons) == (True, ())
    assert "could not be compared with the champion: No model" in str(alone.reason)
    judged(monkeypatch, holds=False)
    assert decide(tables, bundle, untested(), Before(champion)) == Verdict(False, Message("Bad."))


@pytest.mark.parametrize(
    ("column", "accepted", "promoted"),
    [("suspects", None, False), ("suspects", "known early", True), ("opened_at", None, True)],
)
def test_a_column_in_doubt_must_be_accepted(
    tables: Tables,
    pairs: tuple[Bundle, Bundle],
    monkeypatch: pytest.MonkeyPatch,
    column: str,
    accepted: str | None,
    promoted: bool,
) -> None:
    """Who reads a suspicious column is refused until the office file says why it is right."""
    judged(monkeypatch, holds=True)
    leak = {"column": column, "severity": "suspicious", "accepted": accepted}
    verdict = decide(tables, altered(pairs[0], leaks=[leak]), untested(), Before())
    assert verdict.promoted is promoted
    assert promoted or "columns that may know too much: suspects." in str(verdict.reason)


def test_further_attempts_are_spoken_of(
    tables: Tables, pairs: tuple[Bundle, Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict on the third attempt on the same outcomes says that it is one."""
    judged(monkeypatch, holds=True)
    verdict = decide(tables, pairs[1], untested(), Before(attempt=3))
    assert str(verdict.reason).startswith("Attempt 3 on the same outcomes")


def test_the_same_tables_again_replace_no_champion(
    tables: Tables, pairs: tuple[Bundle, Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an outcome later than the champion there is nothing to compare on: it stays."""
    judged(monkeypatch, holds=True)
    bundle = pairs[1]
    assert later_scores(tables, bundle, bundle).schema == later_scores(tables, *pairs[::-1]).schema
    again = decide(tables, bundle, untested(), Before(bundle))
    assert (again.promoted, again.comparisons) == (False, ())
    assert again.reason.say("en").startswith("Good. 0 later cases with the outcome and 0 without")


def test_the_best_before_is_scored_on_the_same_cases(
    tables: Tables, pairs: tuple[Bundle, Bundle]
) -> None:
    """With a champion of before there is one more score for each case."""
    champion, bundle = pairs
    scores = later_scores(tables, bundle, champion, champion)
    assert scores["best"].to_list() == scores["champion"].to_list()


def test_complexity_is_compared_alike(tables: Tables, pairs: tuple[Bundle, Bundle]) -> None:
    """Bundles without a risk model are compared by complexity."""
    champion, bundle = (without(trained, risk="few.") for trained in pairs)
    scores = later_scores(tables, bundle, champion)
    assert scores["candidate"].is_between(0, 1).all()
    assert scores.height > 0


def test_effort_alone_is_promoted_unless_the_champion_knows_more(
    tables: Tables, pairs: tuple[Bundle, Bundle]
) -> None:
    """An office that states neither reviews nor complexity can balance loads all the same."""
    bare = without(pairs[0], risk="none", complexity="none")
    verdict = decide(tables, bare, untested(), Before())
    assert verdict.promoted
    assert "estimates only effort, which is not judged by an outcome" in str(verdict.reason)
    assert not decide(tables, bare, untested(), Before(pairs[1])).promoted


class Pages(EffortQuestion):
    """A question that the gate knows nothing of."""

    meaning = Message("pages")


def test_a_verdict_names_the_questions_it_is_about(
    tables: Tables, pairs: tuple[Bundle, Bundle]
) -> None:
    """Whatever a bundle answers, the gate names it by its meaning."""
    effort = pairs[0].question(EffortQuestion)
    bundle = replace(pairs[0], questions={"pages": Pages(effort.model)})
    assert judged_question(bundle) is None
    assert judged_question(pairs[0]) == pairs[0].questions["risk"]
    verdict = decide(tables, bundle, untested(), Before())
    assert str(verdict.reason).startswith("It estimates only pages, ")
    assert "what the champion estimates: pages." in str(succeeds(pairs[0], bundle).reason)
