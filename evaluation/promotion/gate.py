"""Whether a freshly trained model may be used: its figures on later cases decide.

Its tables must reach as far as it says (`up_to_date.py`), and no column that it reads may be in
doubt. It must be worth using at all (`judge` in
`worth.py`), know at least what the champion knows (`succeeds`), of the same past
(`same_past.py`), and not be worse by more than a margin, on the same cases, than the champion and
than the best of those before it (`against_champions`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _, listed, sentences
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from evaluation.backtests.answers import FEWEST_TO_JUDGE
from evaluation.backtests.backtest import Backtest
from evaluation.backtests.performance import complexity_strata, risk_strata
from evaluation.leaks.finder import in_doubt
from evaluation.promotion.comparison import (
    Comparison,
    compare,
    later_scores,
    more_cases,
    trained_until,
)
from evaluation.promotion.same_past import NOT_KEPT, accepted, changes, learnt_from, refusal
from evaluation.promotion.up_to_date import behind
from evaluation.promotion.worth import Worth, judge
from models.bundle.bundle import Bundle, gaps
from models.questions.question import Question

CHAMPION, BEST = _("the champion"), _("the best champion before the present one")


@dataclass(frozen=True)
class Before:
    """What a candidate is held against, and how often that was tried on the same outcomes.

    `best` is the best champion before the present one, None without one. `attempt` counts from 1.
    `learnt` is what the champion learnt from (`same_past.learnt_from`), None where that was not
    kept; `corrected` why the past may differ from it, empty if it may not.
    """

    champion: Bundle | None = None
    best: Bundle | None = None
    attempt: int = 1
    learnt: pl.DataFrame | None = None
    corrected: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether the model is promoted, the sentences that say why, and figures against champions.

    `comparisons` are with the champion, `with_best` with the best before it; both are empty
    where the two could not be compared, and `reason` then says why.
    """

    promoted: bool
    reason: Sayable
    comparisons: tuple[Comparison, ...] = ()
    with_best: tuple[Comparison, ...] = ()

    @property
    def figures(self) -> dict[str, float]:
        """The comparisons by name, as the registry keeps them."""
        named = {"gate": self.comparisons, "gate.best": self.with_best}
        return {
            f"{name}.{comparison.figure}.{part}": getattr(comparison, part)
            for name, comparisons in named.items()
            for comparison in comparisons
            for part in ("candidate", "champion", "worse", "at_worst")
        }


def decide(
    tables: Tables, bundle: Bundle, tested: Backtest, before: Before, progress: Progress = silent
) -> Verdict:
    """The verdict on `bundle`, whose way of training did as `tested`, after what came before.

    Without a question that is judged by an outcome, it is only held against what the champion
    knows.
    """
    question, champion = judged_question(bundle), before.champion
    if question is None:
        return _unjudged(bundle) if champion is None else succeeds(bundle, champion)
    same, of_past = _of_same_past(tables, bundle, before)
    if not same:  # said first: what else there is to say comes from the same tables
        return Verdict(False, sentences(*of_past))
    by_itself = alone(tables, bundle, tested, before.attempt)
    if not by_itself.promoted or champion is None:
        return by_itself
    successor = succeeds(bundle, champion)
    if not successor.promoted:
        return successor
    if question.code not in champion:
        other = _("The champion does not estimate {question}.", question=question.meaning)
        return replace(by_itself, reason=sentences(by_itself.reason, other))
    against = _against(tables, bundle, champion, before, progress)
    reasons = (by_itself.reason, against.reason, *of_past)
    return replace(against, reason=sentences(*reasons))


def _against(
    tables: Tables, bundle: Bundle, champion: Bundle, before: Before, progress: Progress
) -> Verdict:
    """The comparison with the champions; promoted where it cannot be made, and it is said why."""
    try:
        scores = later_scores(tables, bundle, champion, before.best, progress)
    except Refused as refused:
        return Verdict(True, not_compared(refused))
    return against_champions(scores, before.attempt)


def _of_same_past(
    tables: Tables, bundle: Bundle, before: Before
) -> tuple[bool, tuple[Sayable, ...]]:
    """Whether the bundle may be of the past it is of, beside the champion's, and what to say."""
    champion = before.champion
    if champion is None or champion.judged != bundle.judged:
        return True, ()
    if before.learnt is None:
        return True, (NOT_KEPT,)
    until = max(trained_until(bundle), trained_until(champion))
    found = changes(before.learnt, learnt_from(tables, champion, until))
    if not found.too_many:
        return True, ()
    if before.corrected:
        return True, (accepted(found, tables.office, before.corrected),)
    return False, (refusal(found, tables.office),)


def alone(tables: Tables, bundle: Bundle, tested: Backtest, attempt: int) -> Verdict:
    """Whether the model is worth using by itself.

    Its tables must reach as far as it says, and it may read no column that is in doubt.
    """
    why = behind(tables, trained_until(bundle)) or _doubted(bundle)
    if why is not None:
        return Verdict(False, why)
    worth = _worth(tables, bundle, tested, attempt)
    if attempt == 1:
        return Verdict(worth.holds, worth.reason)
    tried = _(
        "Attempt {attempt} on the same outcomes: the intervals are made wider for it.",
        attempt=attempt,
    )
    return Verdict(worth.holds, sentences(tried, worth.reason))


def _doubted(bundle: Bundle) -> Sayable | None:
    """That it reads columns which may know too much, and nobody has said why they are right."""
    question = judged_question(bundle)
    names = () if question is None else question.names
    columns = in_doubt(bundle.about.get("leaks") or (), names)
    if not columns:
        return None
    return _(
        "It learnt from columns that may know too much: {columns}. What to try: `triage check` "
        "says why they may; leave them out of the office file, or say there why they are right "
        "([[accepted_leaks]]).",
        columns=listed(columns),
    )


def _worth(tables: Tables, bundle: Bundle, tested: Backtest, attempt: int) -> Worth:
    """By risk; by complexity where it is alone."""
    if bundle.judged != "risk":
        outcome = tested.complexity
        parts = () if outcome is None else complexity_strata(tables, outcome, tested.share)
    else:
        outcome, until = tested.risk, trained_until(bundle)
        parts = () if outcome is None else risk_strata(tables, outcome, tested.share, until)
    return judge(outcome, parts, attempt)


def judged_question(bundle: Bundle) -> Question | None:
    """The question whose outcomes decide about the bundle; None if it answers none of that kind."""
    return None if bundle.judged is None else bundle.questions[bundle.judged]


def _unjudged(bundle: Bundle) -> Verdict:
    meanings = listed(question.meaning for question in bundle.questions.values())
    return Verdict(
        True,
        _("It estimates only {questions}, which is not judged by an outcome.", questions=meanings),
    )


def not_compared(refused: Refused) -> Sayable:
    """Why a model could not be compared with the champion."""
    return _("It could not be compared with the champion: {why}", why=refused.message)


def succeeds(bundle: Bundle, champion: Bundle) -> Verdict:
    """Refuse a bundle that knows less than the champion: of earlier time, or lacking a model."""
    until, champion_until = trained_until(bundle), trained_until(champion)
    if until < champion_until:
        return Verdict(
            False,
            _(
                "It knows less than the champion: what was known by {until}, and the champion what "
                "was known by {champion}. What to try: train on what was known by a later day.",
                until=until,
                champion=champion_until,
            ),
        )
    lost = sorted(set(champion.questions) - set(bundle.questions))
    if lost:
        untrained = bundle.not_trained.items()
        return Verdict(
            False,
            _(
                "It does not estimate what the champion estimates: {questions}. What to try: "
                "remove the cause. {why}",
                questions=listed(champion.questions[code].meaning for code in lost),
                why=sentences(*gaps({code: why for code, why in untrained if code in lost})),
            ),
        )
    return Verdict(True, _("It knows at least what the champion knows."))


def against_champions(scores: pl.DataFrame, attempt: int = 1) -> Verdict:
    """Whether the candidate holds against the champions on `later_scores`.

    With fewer than `FEWEST_TO_JUDGE` cases of either outcome they are not compared and the champion
    stays: training again on the same tables is no reason to replace it.
    """
    positives = int(scores["y"].sum())
    negatives = scores.height - positives
    if min(positives, negatives) < FEWEST_TO_JUDGE:
        return Verdict(False, _too_few_to_compare(positives, negatives))
    found = {
        name: compare(*(scores[one] for one in ("y", "candidate", name, "weight")), attempt=attempt)
        for name in ("champion", "best")
        if name in scores.columns
    }
    with_champion, with_best = found["champion"], found.get("best", ())
    for compared, name in ((with_champion, CHAMPION), (with_best, BEST)):
        failed = [comparison for comparison in compared if not comparison.holds]
        if failed:
            reason = _may_be_worse(scores.height, failed, name)
            return Verdict(False, reason, with_champion, with_best)
    shown = [_holds_against(scores.height, listed(one.says for one in with_champion))]
    if with_best:
        shown.append(_("Nor is it worse than the best champion before that one."))
    return Verdict(True, sentences(*shown), with_champion, with_best)


def _too_few_to_compare(positives: int, negatives: int) -> Sayable:
    return _(
        "{positives:,} later cases with the outcome and {negatives:,} without are too few to "
        "compare it with the champion, which stays ({needed} of each are needed). What to try: "
        "train again when more outcomes are known.",
        positives=positives,
        negatives=negatives,
        needed=FEWEST_TO_JUDGE,
    )


def _may_be_worse(cases: int, failed: list[Comparison], name: Sayable) -> Sayable:
    why = _(
        "It may be worse than {name} on {cases:,} cases whose outcome became known after the "
        "champion was trained: {comparisons}.",
        name=name,
        cases=cases,
        comparisons=listed(comparison.says for comparison in failed),
    )
    return sentences(why, _try_against(cases, failed))


def _try_against(cases: int, failed: list[Comparison]) -> Sayable:
    """More outcomes where they could show that it holds; else what was changed."""
    needed = [more_cases(cases, one.at_worst - one.worse, one.margin - one.worse) for one in failed]
    possible = [more for more in needed if more is not None]
    if len(possible) < len(failed):
        return _(
            "What to try: look at what was changed since then in the office file and in the "
            "tables; it has not helped."
        )
    return _(
        "What to try: train again when about {more:,} more outcomes are known; so many would show "
        "that it holds, if it is as good as it seems.",
        more=max(possible),
    )


def _holds_against(cases: int, comparisons: Sayable) -> Sayable:
    return _(
        "It holds against the champion on {cases:,} cases whose outcome became known after the "
        "champion was trained: {comparisons}.",
        cases=cases,
        comparisons=comparisons,
    )
