"""New cases: how they were routed, and how their effort was foreseen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.intake.figures import IntakeFigures
from evaluation.pages import charts
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice, share
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure
from models.questions.effort import COVERAGE


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """Errors against those allowed, and intervals against what came; or why there are none."""
    title, found = voice.say("intake"), summary.intake
    if not (found.routed or found.foreseen):
        return Chapter("intake", title, voice.say("no_intake"))
    return Chapter("intake", title, voice.say("routed_lead"), tuple(_exhibits(found, voice)))


def _exhibits(found: IntakeFigures, voice: Voice) -> Iterator[Exhibit]:
    if found.routed:
        yield _routing(found, voice)
    if found.foreseen:
        yield _efforts(found, voice)


def _routing(found: IntakeFigures, voice: Voice) -> Exhibit:
    *years, whole = found.routed
    head = ("year_of_intake", "cases", "left_to_person", "complex_error", "simple_error")
    rows = tuple(
        (
            _year(one.year, voice),
            f"{one.cases:,}",
            share(one.person / one.cases) if one.cases else "–",
            voice.share(one.complex_error),
            voice.share(one.simple_error),
        )
        for one in found.routed
    )
    over = [str(one.year) for one in years if not _kept(one.complex_error, found.allowed_complex)]
    says = voice.say(
        "says_misrouting" if over else "says_routing",
        years=voice.listed(over),
        complex=voice.share(whole.complex_error),
        allowed_complex=f"{100 * found.allowed_complex:.3g} %",
        simple=voice.share(whole.simple_error),
        allowed_simple=f"{100 * found.allowed_simple:.3g} %",
        person=share(whole.person / whole.cases) if whole.cases else "–",
    )
    names, errors = [str(one.year) for one in years], [one.complex_error for one in years]
    return Exhibit(
        voice.say("routing_title"),
        says,
        tuple(map(voice.say, head)),
        rows,
        partial(charts.rates_over_time, names, errors, found.allowed_complex),
        notes=(voice.say("routing_chart"), voice.say("how_routing")),
    )


def _kept(error: Figure, allowed: float) -> bool:
    """Whether nothing speaks for an error above the one allowed."""
    return error.low is None or error.low <= allowed


def _efforts(found: IntakeFigures, voice: Voice) -> Exhibit:
    *years, whole = found.foreseen
    head = ("year_of_intake", "cases", "interval_holds", "interval_width", "constant_width",
            "foreseen_over_true", "slowest_auc")  # fmt: skip
    rows = tuple(
        (
            _year(one.year, voice),
            f"{one.cases:,}",
            voice.share(one.coverage),
            f"{one.width:.1f}",
            f"{one.constant_width:.1f}",
            f"{one.ratio:.2f}",
            voice.figure(one.auc),
        )
        for one in found.foreseen
    )
    says = voice.say(
        "says_efforts",
        coverage=voice.share(whole.coverage),
        width=f"{whole.width:.1f}",
        constant=f"{whole.constant_width:.1f}",
        unit=found.unit,
    )
    names, coverage = [str(one.year) for one in years], [one.coverage for one in years]
    return Exhibit(
        voice.say("efforts_title"),
        says,
        tuple(map(voice.say, head)),
        rows,
        partial(charts.rates_over_time, names, coverage, COVERAGE),
        notes=(voice.say("efforts_chart"), voice.say("how_efforts")),
    )


def _year(year: int, voice: Voice) -> str:
    return str(year) if year else voice.say("all_years")
