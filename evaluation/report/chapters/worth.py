"""What the scores are worth to an office: on drawn reviews, within reviewers, by kind, in use."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, sentences
from cases.language.values import Value
from evaluation.backtests.at_capacity import Span, Ties
from evaluation.backtests.backtest import MODEL
from evaluation.backtests.decision import NetBenefit
from evaluation.backtests.performance import Honest, Performance, Slice
from evaluation.backtests.since import Since
from evaluation.backtests.strata import Within
from evaluation.pages import charts
from evaluation.pages.cells import (
    ABSENT,
    MULTIPLE,
    NOTHING,
    NUMBER,
    SHARE,
    Cell,
    count,
    interval,
    share,
    share_interval,
)
from evaluation.pages.exhibits import Exhibit
from evaluation.pages.names import UNNAMED, cells, heads
from evaluation.report.chapters.heads import (
    CASES,
    EXPECTED,
    FOUND_RATE,
    KIND,
    KNOWN_OUTCOMES,
    MEASURE,
    REVIEWS,
    VALUE,
)
from evaluation.statistics.metrics import Measures

CAPACITY = ("precision", "recall", "lift", "brier_skill", "log_loss_skill")
KIND_FIGURES = ("auc", "lift", "calibration_error")
HONEST = ("base_rate", "precision", "recall", "lift")
STRATA = ("auc", "auc_within", "lift", "lift_within")
BY: dict[str, Sayable] = {"reviewer": _("the same reviewer"), "unit": _("the same unit")}


def since(found: Since) -> Exhibit:
    """How the model has done since it was trained, on drawn reviews apart from others."""
    rows = [(_("all"), *_done(found.whole, found.cases))]
    if found.drawn is not None or found.picked is not None:
        rows.append((_("drawn with a known inclusion probability"), *_done(found.drawn)))
        rows.append((_("picked"), *_done(found.picked)))
    head = (KNOWN_OUTCOMES, CASES, EXPECTED, FOUND_RATE, *heads(KIND_FIGURES))
    note = _("Only outcomes that became known after {day}.", day=found.trained)
    title = _("Since it was trained")
    return Exhibit(title, found.says, head, tuple(rows), notes=(note,), technical=True)


def _done(measures: Measures | None, cases: int | None = None) -> tuple[Cell, ...]:
    if measures is None:
        number = NOTHING if cases is None else count(cases)
        return (number, *[ABSENT["too_few"]] * (len(KIND_FIGURES) + 2))
    expected = (measures.base_rate.value or 0.0) + (measures.bias.value or 0.0)
    found = share_interval(measures.base_rate)
    return (count(measures.n), share(expected), found, *cells(measures, KIND_FIGURES))


def exhibits(performance: Performance) -> Iterator[Exhibit]:
    """Everything that `Performance` adds to the figures of the backtest."""
    yield capacity(performance)
    if performance.honest is not None:
        yield honest(performance.honest)
    yield within(performance.within)
    by_kind = [part for part in performance.slices if part.by == "kind"]
    if len(by_kind) > 1:
        yield kinds(by_kind)
    curve = performance.slices[0].decision
    if curve:
        yield decision(curve, performance.decision_says)


def capacity(performance: Performance) -> Exhibit:
    """What the top of the list holds, and whether the probabilities beat the plain rate."""
    whole = performance.slices[0]
    ties = _ties(whole.ties)
    figures = cells(whole.figures.measures[MODEL], CAPACITY)
    rows = tuple(
        (head, figure, ties.get(name, ""))
        for name, head, figure in zip(CAPACITY, heads(CAPACITY), figures, strict=True)
    )
    return Exhibit(
        _("The top of the list, and the probabilities"),
        sentences(performance.capacity_says, performance.skill_says),
        (MEASURE, VALUE, _("Worst and best if ties fall so")),
        rows,
        technical=True,
    )


def _ties(ties: Ties | None) -> dict[str, Cell]:
    """The reach of each figure over all orders of equal probabilities, by the figure's name."""
    if ties is None or ties.lift is None or ties.recall is None:
        return {}
    spans = {"precision": ties.precision, "recall": ties.recall, "lift": ties.lift}
    return {
        name: _reach(span, MULTIPLE if name == "lift" else SHARE) if ties.tied else NOTHING
        for name, span in spans.items()
    }


def _reach(span: Span, spec: str) -> Sayable:
    worst, best = Value(span.worst, spec), Value(span.best, spec)
    return _("{worst}–{best}", worst=worst, best=best)


def honest(reviews: Honest) -> Exhibit:
    """Drawn reviews, which stand for all cases, and picked ones, which stand for themselves."""
    rows = (
        (_("drawn with a known inclusion probability"), *_figures(reviews.surveyed)),
        (_("picked"), *_figures(reviews.targeted)),
    )
    head = (REVIEWS, CASES, *heads(HONEST))
    title = _("On drawn reviews, and on picked ones")
    return Exhibit(title, reviews.says, head, rows, technical=True)


def _figures(measures: Measures | None) -> tuple[Cell, ...]:
    if measures is None:
        return (NOTHING, *[ABSENT["too_few"]] * len(HONEST))
    return (count(measures.n), *cells(measures, HONEST))


def within(parts: tuple[Within, ...]) -> Exhibit:
    """All cases against cases of the same reviewer, or unit, alone."""
    rows = tuple(
        (
            BY[part.by],
            count(part.strata),
            count(part.cases),
            count(part.left_out),
            *cells(part, STRATA),
        )
        for part in parts
    )
    head = (_("Compared within"), _("Groups"), CASES, _("Cases left out"), *heads(STRATA))
    says = sentences(*(part.says for part in parts))
    return Exhibit(_("Cases, or only who reviewed them"), says, head, rows, technical=True)


def kinds(parts: list[Slice]) -> Exhibit:
    """The model's figures by kind of case, in order of name."""
    head = (KIND, CASES, FOUND_RATE, *heads(KIND_FIGURES))
    rows = tuple(map(_kind, parts))
    return Exhibit(_("By kind of case"), _says_kinds(parts), head, rows, technical=True)


def _kind(part: Slice) -> tuple[Cell, ...]:
    measures = part.figures.measures[MODEL]
    enough = bool(part.calibration)  # of either outcome
    figures: tuple[Cell, ...] = (
        cells(measures, KIND_FIGURES) if enough else (ABSENT["too_few"],) * len(KIND_FIGURES)
    )
    return (part.name or UNNAMED, count(measures.n), share_interval(measures.base_rate), *figures)


def _says_kinds(parts: list[Slice]) -> Sayable:
    """Between which AUCs the kinds lie that have enough cases."""
    ranked = sorted(
        (auc.value, part.name, interval(auc))
        for part in parts
        if part.calibration and (auc := part.figures.measures[MODEL].auc).value is not None
    )
    if not ranked:
        return _(
            "None of {kinds} kinds has enough cases of both outcomes for a figure.",
            kinds=len(parts),
        )
    (_low, worst, low), (_high, best, high) = ranked[0], ranked[-1]
    if len(ranked) == 1:
        return _(
            "Of {kinds} kinds only {kind} has enough cases of both outcomes: AUC {auc}.",
            kinds=len(parts),
            kind=worst or UNNAMED,
            auc=low,
        )
    return _(
        "In the {shown} of {kinds} kinds with enough cases, AUC lies between {low} in {worst} and "
        "{high} in {best}.",
        shown=len(ranked),
        kinds=len(parts),
        low=low,
        worst=worst or UNNAMED,
        high=high,
        best=best or UNNAMED,
    )


def decision(curve: tuple[NetBenefit, ...], says: Sayable) -> Exhibit:
    """The net benefit of acting on the probabilities, by threshold."""
    rows = tuple(
        (
            Value(point.threshold, ".0%"),
            interval(point.model),
            Value(point.everyone, NUMBER),
            interval(point.gain),
        )
        for point in curve
    )
    threshold = _("Threshold")
    head = (
        threshold,
        _("Net benefit of the model"),
        _("Of checking all"),
        _("Model less the better of all and none"),
    )
    how = _(
        "If you would check 19 good cases to catch one defective case, your threshold is 5%. Net "
        "benefit counts what is caught, less needless checks weighed by that rate."
    )
    title = _("Is acting on it worth it")
    return Exhibit(
        title, says, head, rows, charts.decision(curve, threshold), notes=(how,), technical=True
    )
