"""How the report was made: data, models, versions, limits."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _
from evaluation.pages.cells import NOTHING, Cell, Indented, count, day
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.names import SPANS
from evaluation.report.chapters.heads import CASES, FACT, NUMBER, REVIEWS, VALUE
from evaluation.report.facts import DataFacts, FittedFacts
from evaluation.report.findings.order import judged
from evaluation.report.summary import ReportSummary

TITLE = _("How this report was made")


def chapter(summary: ReportSummary) -> Chapter:
    """What anyone needs who wants to make the report again, and what it does not say."""
    answer = judged(summary)
    tested = _(
        "Tried on cases from {first} to {last}, by {every}; models trained again every {retrain} "
        "on what was known before it began.",
        first=summary.first if answer is None else answer.first,
        last=summary.last if answer is None else answer.last,
        every=SPANS[summary.every],
        retrain=SPANS[summary.retrain],
    )
    return Chapter("making", TITLE, tested, (_data(summary.data), _card(summary), _limits(summary)))


def _data(data: DataFacts) -> Exhibit:
    days = _(
        "{first} – {last}",
        first=data.first_opened or NOTHING,
        last=data.last_closed or NOTHING,
    )
    rows: tuple[tuple[Cell, ...], ...] = (
        *((Indented(name) if part else name, count(size)) for name, size, part in _counts(data)),
        (_("First opening, last closing"), days),
        (_("Fingerprint of the files (SHA-256)"), data.data_hash or NOTHING),
    )
    says = _(
        "{reviewed:,} of {reviewable:,} cases that can be reviewed have a review ({share:.1%}).",
        reviewed=data.reviewed,
        reviewable=data.reviewable,
        share=data.reviewed / data.reviewable if data.reviewable else 0.0,
    )
    return Exhibit(_("The data"), says, (FACT, VALUE), rows)


def _counts(data: DataFacts) -> Iterator[tuple[Sayable, int, bool]]:
    """What is counted, how many, and whether it is a part of the count above it."""
    yield CASES, data.cases, False
    yield _("closed"), data.closed, True
    yield _("Events"), data.events, False
    yield _("Cases that can be reviewed"), data.reviewable, False
    yield _("reviewed"), data.reviewed, True
    yield _("unknown"), data.unknown, True
    yield REVIEWS, data.reviews, False
    yield _("with a recorded inclusion probability"), data.drawn, True


def _card(summary: ReportSummary) -> Exhibit:
    card = summary.card
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Knows what was known by"), day(card.trained_until)),
        *_models(summary),
        (_("Fingerprint of the files it was trained on"), card.data_hash or NOTHING),
        (_("Versions of the software"), ", ".join(map(" ".join, card.versions.items()))),
    )
    same = card.data_hash == summary.data.data_hash
    says = (
        _("The model was trained on the same files that this report reads.")
        if same
        else _("The files have changed since the model was trained.")
    )
    return Exhibit(_("The model and its versions"), says, (FACT, VALUE), rows)


def _models(summary: ReportSummary) -> Iterator[tuple[Cell, ...]]:
    """How many cases each model was fitted on, and of risk also when it is asked and its kind."""
    if summary.card.risk is not None:
        name = _("Risk: reviewed cases learnt from, of them with a defect")
        yield name, _fitted(summary.card.risk)
        yield _("Risk is asked at this moment"), summary.card.asked_at
    if summary.card.kind is not None:
        yield _("Kind of risk model"), summary.card.kind
    if summary.card.complexity is not None:
        name = _("Complexity: closed cases learnt from, of them complex")
        yield name, _fitted(summary.card.complexity)


def _fitted(model: FittedFacts) -> Sayable:
    return _(
        "{cases:,}, {positives:,} (features: {features:,})",
        cases=model.cases,
        positives=model.positives,
        features=model.features,
    )


def _limits(summary: ReportSummary) -> Exhibit:
    rows = tuple((str(number), note.says) for number, note in enumerate(summary.notes, start=1))
    says = _("{limits} things to know before a figure is used.", limits=len(rows))
    return Exhibit(_("Limits"), says, (NUMBER, _("What must be known")), rows)
