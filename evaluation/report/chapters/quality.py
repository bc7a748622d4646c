"""The quality of the office, not of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cases.language.messages import Sayable, _
from cases.language.values import Value
from cases.office.reviews import ReviewKind
from evaluation.pages import charts
from evaluation.pages.cells import Cell, Indented, Interval, count, share_interval
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.names import CHECK_NAMES, UNNAMED
from evaluation.quality.concentrations import Concentration, Concentrations, Part
from evaluation.quality.dimensions import Dimensions
from evaluation.quality.last_year import LastYear
from evaluation.quality.office_quality import DefectRates, OfficeQuality, QuarterRate
from evaluation.report.chapters.heads import (
    CASES,
    DEFECT_RATE,
    EXPECTED,
    KIND,
    MEASURE,
    PERIOD,
    REVIEWS,
    UNIT,
    VALUE,
)
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import FEWEST
from evaluation.surveys.estimate import GroupRate
from evaluation.surveys.own_check import OwnCheck

TITLE = _("The quality of the office")
RATE_ACROSS = _("Rate of defects, with 95% interval")
LAST_YEAR, YEAR_BEFORE = _("Last year"), _("Year before")


def chapter(summary: ReportSummary) -> Chapter:
    """Rates, what had defects, where they concentrate, and work done again; no rankings."""
    quality = summary.quality
    return Chapter("quality", TITLE, quality.rates_say, tuple(_exhibits(summary)))


def _exhibits(summary: ReportSummary) -> Iterator[Exhibit]:
    quality = summary.quality
    if quality.rates is not None:
        yield _quarters(quality.rates)
        yield _groups(_("By kind of case"), KIND, quality.rates.kinds)
        yield _groups(_("By unit"), UNIT, quality.rates.units)
    if quality.last_year.cases:
        yield _last_year(quality.last_year)
    if summary.own_checks:
        yield _own_checks(summary.own_checks)
        yield from _caught(summary.own_checks)
    if quality.dimensions.found:
        yield _dimensions(quality.dimensions)
    if quality.concentrations.cases:
        yield _concentrations(quality.concentrations)
    yield _rework(quality)


def _quarters(rates_of: DefectRates) -> Exhibit:
    quarters = rates_of.quarters
    rows = tuple(
        (
            quarter.name,
            count(quarter.cases),
            count(quarter.reviews),
            Value(quarter.stands_for, ".0%"),
            share_interval(quarter.rate),
        )
        for quarter in quarters
    )
    head = (PERIOD, CASES, REVIEWS, _("Share of cases they stand for"), DEFECT_RATE)
    names, rates = [quarter.name for quarter in quarters], [quarter.rate for quarter in quarters]
    picture = charts.rates((PERIOD, RATE_ACROSS), names, rates)
    how = _(
        "The rate of the cases of the quarter, with 95% intervals, from reviews of known "
        "inclusion probability; a gap where they stand for too few cases."
    )
    return Exhibit(
        _("Over time"),
        _says_quarters(rates_of.supported, len(quarters)),
        head,
        rows,
        picture,
        notes=(how,),
    )


def _says_quarters(rated: tuple[QuarterRate, ...], quarters: int) -> Sayable:
    """Between which rates those of so many quarters lie that have a rate and cases enough."""
    if not rated:
        return _(
            "In none of {quarters} quarters do drawn reviews stand for enough cases; no rate is "
            "given.",
            quarters=quarters,
        )
    low, high = (pick(rated, key=lambda line: line.rate.value or 0.0) for pick in (min, max))
    return _(
        "In the {shown} of {quarters} quarters with enough cases, the rate lies between {low} in "
        "{lowest} and {high} in {highest}.",
        shown=len(rated),
        quarters=quarters,
        low=share_interval(low.rate),
        lowest=low.name,
        high=share_interval(high.rate),
        highest=high.name,
    )


def _groups(title: Sayable, by: Sayable, groups: tuple[GroupRate, ...]) -> Exhibit:
    rows = tuple(
        (
            group.name or UNNAMED,
            count(group.cases),
            count(group.returned),
            share_interval(group.rate),
            Value(group.shrunk, ".0%"),
        )
        for group in groups
    )
    says = _(
        "{shown} of {groups} have reviews enough for a rate; they stand in order of name, and "
        "this is not a ranking.",
        shown=sum(group.rate.value is not None for group in groups),
        groups=len(groups),
    )
    how = _(
        "Where reviews are few, a rate is pulled towards that of the whole, by the share in the "
        "last column."
    )
    head = (by, CASES, REVIEWS, DEFECT_RATE, _("Pulled towards the whole by"))
    return Exhibit(title, says, head, rows, notes=(how,))


def _last_year(found: LastYear) -> Exhibit:
    """What the office got for its hours of review."""
    rows: list[tuple[Cell, ...]] = [
        (_("Cases reviewed"), count(found.cases)),
        (_("With a defect"), count(found.defects)),
        (_("Of as many drawn at random"), Interval(found.at_random, ".0f")),
        (REVIEWS, count(found.reviews)),
        (Indented(_("with their hours recorded")), count(found.timed)),
    ]
    if found.timed:
        rows.append((_("Their hours"), Value(found.hours, ",.0f")))
        rows.append((_("Hours per review"), Value(found.hours / found.timed, ".1f")))
    says = _(
        "{defects:,} of {cases:,} cases reviewed in the last year had a defect.",
        defects=found.defects,
        cases=found.cases,
    )
    title = _("What the reviews of the last year found")
    return Exhibit(title, says, (MEASURE, VALUE), tuple(rows))


def _own_checks(checks: Mapping[ReviewKind, OwnCheck]) -> Exhibit:
    """What the office's own checks miss and catch."""
    rows = tuple(
        (
            CHECK_NAMES[kind],
            count(check.passed),
            count(check.failed),
            share_interval(check.missed),
            share_interval(check.caught),
        )
        for kind, check in checks.items()
    )
    says = _(
        "From reviews of known inclusion probability: how many of the cases that a check passed "
        "have a defect, and what share of all defects in checked cases it caught. Nothing is said "
        "of cases too recent to have been reviewed."
    )
    head = (
        _("Check"),
        _("Cases it passed"),
        _("Cases it failed"),
        _("Of those passed, with a defect"),
        _("Share of defects caught"),
    )
    return Exhibit(_("What the office's own checks miss"), says, head, rows)


def _caught(checks: Mapping[ReviewKind, OwnCheck]) -> Iterator[Exhibit]:
    """What the checks catch of the defects in each dimension, where reviews name any."""
    rows = tuple(
        (CHECK_NAMES[kind], line.meaning, count(line.caught.n), share_interval(line.caught))
        for kind, check in checks.items()
        for line in check.by_dimension
    )
    if rows:
        says = _(
            "Of the defects in a dimension that reviews found, the share in cases that the check "
            "failed, with 95% intervals; none is given for fewer than {fewest} such defects.",
            fewest=FEWEST,
        )
        head = (_("Check"), _("Dimension"), _("Defects found"), _("Share of defects caught"))
        yield Exhibit(_("What the office's own checks catch, by dimension"), says, head, rows)


def _dimensions(dimensions: Dimensions) -> Exhibit:
    lines = dimensions.found
    rows = tuple(
        (line.meaning, count(line.cases), share_interval(line.share), share_interval(line.before))
        for line in lines
    )
    years = (
        (LAST_YEAR, [line.share for line in lines]),
        (YEAR_BEFORE, [line.before for line in lines]),
    )
    how = _(
        "Of the defective cases whose review names any dimension, the share that names this one, "
        "with 95% intervals, by year. Cases are the reviewed ones of the last year."
    )
    across = _("Share of defective cases, with 95% interval")
    dimension = _("Dimension")
    picture = charts.groups((dimension, across), [line.meaning for line in lines], years)
    return Exhibit(
        _("In which dimensions cases had defects"),
        dimensions.says,
        (dimension, CASES, LAST_YEAR, YEAR_BEFORE),
        rows,
        picture if lines[0].share.value is not None else None,
        notes=(how,),
    )


def _concentrations(concentrations: Concentrations) -> Exhibit:
    head = (
        _("One fact"),
        _("With"),
        CASES,
        _("Defects"),
        EXPECTED,
        DEFECT_RATE,
        _("By chance (p)"),
    )
    how = _(
        "Each pair is tested next to the effects of all facts and reviewers by themselves. p "
        "allows for the test of all pairs. Expected is what these effects foresee. A pair is "
        "a place to look, not a cause."
    )
    rows = tuple(map(_pair, concentrations.found))
    title = _("Where defects concentrate")
    return Exhibit(title, concentrations.says, head, rows, notes=(how,))


def _pair(pair: Concentration) -> tuple[Cell, ...]:
    return (
        _part(pair.first),
        _part(pair.second),
        count(pair.cases),
        count(pair.defects),
        Value(pair.expected, ".1f"),
        share_interval(pair.rate),
        Value(pair.p, ".3f"),
    )


def _part(part: Part) -> Sayable:
    return _("{name}: {value}", name=part.meaning, value=part.level)


def _rework(quality: OfficeQuality) -> Exhibit:
    rows = tuple(
        (line.quarter, count(line.cases), count(line.again), Value(line.ratio, ".2f"))
        for line in quality.rework
    )
    head = (PERIOD, CASES, _("Done again"), _("Activities per case"))
    return Exhibit(_("Rework: work done again"), quality.rework_says, head, rows)
