"""What the scores are worth to an office: on drawn reviews, within reviewers, by kind, in use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.backtests.backtest import MODEL
from evaluation.backtests.decision import NetBenefit
from evaluation.backtests.performance import Honest, Performance, Slice
from evaluation.backtests.strata import Within
from evaluation.pages import charts
from evaluation.pages.exhibits import Exhibit
from evaluation.pages.render import Voice
from evaluation.statistics.metrics import Figure, Measures

KIND = (("auc", False), ("lift", False), ("calibration_error", True))
HONEST = (("base_rate", True), ("precision", True), ("recall", True), ("lift", False))
STRATA = ("auc", "auc_within", "lift", "lift_within")


def exhibits(found: Performance, voice: Voice) -> Iterator[Exhibit]:
    """Everything that `Performance` adds to the figures of the backtest."""
    yield capacity(found, voice)
    if found.honest is not None:
        yield honest(found.honest, voice)
    yield within(found.within, voice)
    yield kinds([one for one in found.slices if one.by == "kind"], voice)
    curve = found.slices[0].decision
    if curve:
        yield decision(curve, found, voice)


def capacity(found: Performance, voice: Voice) -> Exhibit:
    """What the top of the list holds, and whether the probabilities beat the plain rate."""
    whole = found.slices[0]
    measures, ties = whole.figures.measures[MODEL], whole.ties
    rows = [
        (voice.say(name), voice.figure(figure) if name == "lift" else voice.share(figure), "")
        for name, figure in (
            ("precision", measures.precision),
            ("recall", measures.recall),
            ("lift", measures.lift),
            ("brier_skill", measures.brier_skill),
            ("log_loss_skill", measures.log_loss_skill),
        )
    ]
    if ties is not None and ties.lift is not None and ties.recall is not None:
        spans = {"precision": ties.precision, "recall": ties.recall, "lift": ties.lift}
        for place, (name, span) in enumerate(spans.items()):
            scale, mark = (1, "") if name == "lift" else (100, " %")
            reach = f"{scale * span.worst:.1f}–{scale * span.best:.1f}{mark}"
            rows[place] = (*rows[place][:2], reach if ties.tied else "–")
    return Exhibit(
        voice.say("capacity_title"),
        voice.joined(found.capacity_says, found.skill_says),
        tuple(map(voice.say, ("measure", "value", "ties"))),
        tuple(rows),
    )


def honest(found: Honest, voice: Voice) -> Exhibit:
    """Drawn reviews, which speak for all, and picked ones, which speak for themselves."""
    parts = (("surveyed", found.surveyed), ("targeted_reviews", found.targeted))
    rows = tuple((voice.say(name), *_figures(one, voice)) for name, one in parts)
    head = tuple(map(voice.say, ("reviews", "cases", *(name for name, _ in HONEST))))
    return Exhibit(voice.say("honest_title"), found.says.say(voice.language), head, rows)


def _figures(measures: Measures | None, voice: Voice) -> tuple[str, ...]:
    if measures is None:
        return ("–", *[voice.say("absent_too_few")] * len(HONEST))
    said = (_said(getattr(measures, name), is_share, voice) for name, is_share in HONEST)
    return (f"{measures.n:,}", *said)


def within(found: tuple[Within, ...], voice: Voice) -> Exhibit:
    """All cases against cases of the same reviewer, or unit, alone."""
    rows = tuple(
        (
            voice.say(f"by_{one.by}"),
            f"{one.strata:,}",
            f"{one.cases:,}",
            f"{one.left_out:,}",
            *(voice.figure(getattr(one, name)) for name in STRATA),
        )
        for one in found
    )
    head = ("stratum", "strata", "cases", "left_out", *STRATA)
    says = voice.joined(*(one.says for one in found))
    return Exhibit(voice.say("within_title"), says, tuple(map(voice.say, head)), rows)


def kinds(found: list[Slice], voice: Voice) -> Exhibit:
    """The model's figures by kind of case, in order of name."""
    rows = tuple(
        (
            one.name or voice.say("unnamed"),
            f"{measures.n:,}",
            voice.share(measures.base_rate),
            *(_of_kind(one, name, is_share, voice) for name, is_share in KIND),
        )
        for one in found
        for measures in [one.figures.measures[MODEL]]
    )
    head = ("kind", "cases", "base_rate_found", *(name for name, _ in KIND))
    says = _says_kinds(found, voice)
    return Exhibit(voice.say("kinds_title"), says, tuple(map(voice.say, head)), rows)


def _of_kind(one: Slice, name: str, is_share: bool, voice: Voice) -> str:
    if not one.calibration:  # too few cases of either outcome
        return voice.say("absent_too_few")
    return _said(getattr(one.figures.measures[MODEL], name), is_share, voice)


def _says_kinds(found: list[Slice], voice: Voice) -> str:
    told = [
        (auc, one.name or voice.say("unnamed"))
        for one in found
        if one.calibration and (auc := one.figures.measures[MODEL].auc.value) is not None
    ]
    if not told:
        return voice.say("says_no_kind", kinds=len(found))
    (low, worst), (high, best) = min(told), max(told)
    values = {"low": low, "worst": worst, "high": high, "best": best}
    return voice.say("says_kinds", shown=len(told), kinds=len(found), **values)


def decision(curve: tuple[NetBenefit, ...], found: Performance, voice: Voice) -> Exhibit:
    """The net benefit of acting on the probabilities, by threshold."""
    rows = tuple(
        (
            f"{100 * one.threshold:.0f} %",
            voice.figure(one.model),
            f"{one.everyone:.3f}",
            voice.figure(one.gain),
        )
        for one in curve
    )
    return Exhibit(
        voice.say("decision_title"),
        found.decision_says.say(voice.language),
        tuple(map(voice.say, ("threshold", "net_benefit", "of_everyone", "net_gain"))),
        rows,
        partial(charts.decision, curve),
        notes=(voice.say("decision_chart"), voice.say("how_decision")),
    )


def _said(figure: Figure, is_share: bool, voice: Voice) -> str:
    return voice.share(figure) if is_share else voice.figure(figure)
