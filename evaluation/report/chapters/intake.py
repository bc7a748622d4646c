"""New cases: how they were routed, and how their effort was forecast."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, listed, sentences
from cases.language.values import Value, round_share
from evaluation.intake.audit import AuditedTrack
from evaluation.intake.figures import IntakeFigures, RoutedYear
from evaluation.pages import charts
from evaluation.pages.cells import NOTHING, SHARE, Cell, count, interval, share_interval
from evaluation.pages.drawing import Goal
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report.chapters.heads import CASES, KNOWN_OUTCOMES, YEAR_OF_INTAKE
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure
from models.estimators.forecast import COVERAGE
from policies.routing import TRACKS

TITLE = _("New cases: track and effort")
CALLED_SIMPLE = _("Of complex ones, called simple")
HOLDS = _("80% interval holds")


def chapter(summary: ReportSummary) -> Chapter:
    """Errors against those allowed, and intervals against what came; or why there are none."""
    figures = summary.intake
    if not (figures.routed or figures.audits or figures.forecasts):
        lead = _(
            "The model neither routes new cases nor forecasts their effort, or nothing is known "
            "yet to test it on."
        )
        return Chapter("intake", TITLE, lead)
    lead = _("What new cases were called when they came in, and what they then proved to be.")
    return Chapter("intake", TITLE, lead, tuple(_exhibits(figures)))


def _exhibits(figures: IntakeFigures) -> Iterator[Exhibit]:
    if figures.routed:
        yield _routing(figures)
    if figures.audits:
        yield _audit(figures.audits)
    if figures.forecasts:
        yield _efforts(figures)


def _routing(figures: IntakeFigures) -> Exhibit:
    *years, _whole = figures.routed
    head = (
        YEAR_OF_INTAKE,
        CASES,
        _("Left to a person"),
        CALLED_SIMPLE,
        _("Of simple ones, called complex"),
    )
    rows = tuple(
        (
            _year(year.year),
            count(year.cases),
            _left_to_person(year),
            share_interval(year.complex_error),
            share_interval(year.simple_error),
        )
        for year in figures.routed
    )
    how = _(
        "Every case is judged by the cut-offs in force when it came in, which knew only earlier "
        "outcomes. The newest years hold cases that were decided fast."
    )
    picture = charts.rates(
        (YEAR_OF_INTAKE, _("Share of complex cases called simple, with 95% interval")),
        [str(year.year) for year in years],
        [year.complex_error for year in years],
        Goal(figures.allowed_complex, _("allowed")),
    )
    title = _("Simple, complex, or a person decides")
    return Exhibit(title, _says_routing(figures), head, rows, picture, notes=(how,))


def _says_routing(figures: IntakeFigures) -> Sayable:
    """Whether any year has more errors than allowed, and the errors of all years."""
    *years, whole = figures.routed
    over = [
        str(year.year) for year in years if not _kept(year.complex_error, figures.allowed_complex)
    ]
    values = {
        "complex": share_interval(whole.complex_error),
        "allowed_complex": round_share(figures.allowed_complex),
        "simple": share_interval(whole.simple_error),
        "allowed_simple": round_share(figures.allowed_simple),
        "person": _left_to_person(whole),
    }
    if over:
        return _(
            "More complex cases than allowed were called simple, beyond chance, in {years}. Over "
            "all years {complex} were ({allowed_complex} allowed), of simple ones {simple} were "
            "called complex ({allowed_simple} allowed); {person} were left to a person.",
            years=listed(over),
            **values,
        )
    return _(
        "In no year were more complex cases than allowed called simple beyond chance: over all "
        "{complex} ({allowed_complex} allowed). Of simple ones {simple} were called complex "
        "({allowed_simple} allowed); {person} were left to a person.",
        **values,
    )


def _audit(audits: tuple[AuditedTrack, ...]) -> Exhibit:
    """How often those drawn at random proved to be the other; the first are those called simple."""
    simple = audits[0]
    head = (
        _("Called"),
        CASES,
        _("Drawn for the audit"),
        KNOWN_OUTCOMES,
        _("Proved to be the other"),
    )
    rows = tuple(
        (
            TRACKS[audit.called],
            count(audit.cases),
            count(audit.drawn),
            count(audit.wrong.n),
            share_interval(audit.wrong),
        )
        for audit in audits
    )
    says = _(
        "Of the cases called simple that a person decided all the same, drawn at random, {wrong} "
        "proved complex.",
        wrong=share_interval(simple.wrong),
    )
    how = _(
        "A person decided these cases all the same, so that nobody treated them as simple or "
        "complex. The 95% intervals hold at every look, however often one looks."
    )
    return Exhibit(_("The audit of the tracks"), says, head, rows, notes=(how,))


def _left_to_person(year: RoutedYear) -> Cell:
    return Value(year.person / year.cases, SHARE) if year.cases else NOTHING


def _kept(error: Figure, allowed: float) -> bool:
    """Whether nothing speaks for an error above the one allowed."""
    return error.low is None or error.low <= allowed


def _efforts(figures: IntakeFigures) -> Exhibit:
    *years, whole = figures.forecasts
    head = (
        YEAR_OF_INTAKE,
        CASES,
        HOLDS,
        _("Its width (median)"),
        _("Width of one interval for all"),
        _("Forecast over true, in total"),
        _("AUC of the slowest fifth"),
    )
    rows = tuple(
        (
            _year(year.year),
            count(year.cases),
            share_interval(year.coverage),
            Value(year.width, ".1f"),
            Value(year.constant_width, ".1f"),
            Value(year.ratio, ".2f"),
            interval(year.auc),
        )
        for year in figures.forecasts
    )
    says: Sayable = _(
        "The 80% interval held the true effort in {coverage} of cases; half of the intervals are "
        "narrower than {width:.1f}\u00a0{unit}, where one interval for all takes {constant:.1f}.",
        coverage=share_interval(whole.coverage),
        width=whole.width,
        constant=whole.constant_width,
        unit=figures.unit,
    )
    if whole.width >= whole.constant_width:
        says = sentences(says, _("The forecast is no better than one interval for all."))
    how = _(
        "Forecast by models fitted again each quarter on what was known before it; cases not yet "
        "closed are left out."
    )
    picture = charts.rates(
        (YEAR_OF_INTAKE, _("Share of cases whose effort lay in the interval")),
        [str(year.year) for year in years],
        [year.coverage for year in years],
        Goal(COVERAGE, _("promised")),
    )
    return Exhibit(_("Effort"), says, head, rows, picture, notes=(how,))


def _year(year: int) -> Cell:
    return str(year) if year else _("all years")
