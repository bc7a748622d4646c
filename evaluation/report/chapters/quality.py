"""The quality of the office, not of the model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.pages import charts
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice
from evaluation.quality.concentrations import Concentration, Part
from evaluation.quality.dimensions import Dimensions
from evaluation.quality.estimate import GroupRate
from evaluation.quality.office_quality import DefectRates, OfficeQuality
from evaluation.report.summary import ReportSummary


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """Rates, what was wanting, where defects concentrate, and work done again; no rankings."""
    found = summary.quality
    lead = found.rates_say.say(voice.language)
    return Chapter("quality", voice.say("quality"), lead, tuple(_exhibits(found, voice)))


def _exhibits(found: OfficeQuality, voice: Voice) -> Iterator[Exhibit]:
    if found.rates is not None:
        yield _quarters(found.rates, voice)
        yield _groups("kind", found.rates.kinds, voice)
        yield _groups("unit", found.rates.units, voice)
    if found.dimensions.found:
        yield _dimensions(found.dimensions, voice)
    if found.concentrations.cases:
        yield _concentrations(found, voice)
    yield _rework(found, voice)


def _quarters(rates: DefectRates, voice: Voice) -> Exhibit:
    quarters = rates.quarters
    told = [one for one in quarters if one.rate.value is not None]
    says = voice.say("says_no_quarter", quarters=len(quarters))
    if told:
        low, high = (pick(told, key=lambda one: one.rate.value or 0.0) for pick in (min, max))
        says = voice.say(
            "says_quarters",
            shown=len(told),
            quarters=len(quarters),
            low=voice.share(low.rate),
            lowest=low.name,
            high=voice.share(high.rate),
            highest=high.name,
        )
    rows = tuple(
        (
            one.name,
            f"{one.cases:,}",
            f"{one.reviews:,}",
            f"{100 * one.stands_for:.0f} %",
            voice.share(one.rate),
        )
        for one in quarters
    )
    head = ("period", "cases", "reviews", "stands_for", "defect_rate")
    names, figures = [one.name for one in quarters], [one.rate for one in quarters]
    return Exhibit(
        voice.say("quarters_title"),
        says,
        tuple(map(voice.say, head)),
        rows,
        partial(charts.rates_over_time, names, figures) if told else None,
        notes=(voice.say("how_quarters"),),
    )


def _groups(by: str, groups: tuple[GroupRate, ...], voice: Voice) -> Exhibit:
    told = sum(one.rate.value is not None for one in groups)
    rows = tuple(
        (
            one.name or voice.say("unnamed"),
            f"{one.cases:,}",
            f"{one.returned:,}",
            voice.share(one.rate),
            f"{100 * one.shrunk:.0f} %",
        )
        for one in groups
    )
    head = (by, "cases", "reviews", "defect_rate", "drawn_towards")
    says = voice.say("says_groups", shown=told, groups=len(groups))
    title, note = voice.say(f"rates_by_{by}"), voice.say("how_groups")
    return Exhibit(title, says, tuple(map(voice.say, head)), rows, notes=(note,))


def _dimensions(found: Dimensions, voice: Voice) -> Exhibit:
    rows = tuple(
        (
            str(place),
            one.meaning.say(voice.language),
            f"{one.cases:,}",
            voice.share(one.share),
            voice.share(one.before),
        )
        for place, one in enumerate(found.found, start=1)
    )
    years = [[one.share for one in found.found], [one.before for one in found.found]]
    told = found.found[0].share.value is not None
    head = ("number", "dimension", "cases", "last_year", "year_before")
    return Exhibit(
        voice.say("dimensions_title"),
        found.says.say(voice.language),
        tuple(map(voice.say, head)),
        rows,
        partial(charts.groups, years) if told else None,
        notes=(voice.say("how_dimensions"),),
    )


def _concentrations(found: OfficeQuality, voice: Voice) -> Exhibit:
    rows = tuple(_pair(one, voice) for one in found.concentrations.found)
    head = ("one_fact", "other_fact", "cases", "defects", "expected", "defect_rate", "p_value")
    says, note = found.concentrations.says.say(voice.language), voice.say("how_concentrations")
    title = voice.say("concentrations_title")
    return Exhibit(title, says, tuple(map(voice.say, head)), rows, notes=(note,))


def _pair(one: Concentration, voice: Voice) -> tuple[str, ...]:
    return (
        _part(one.first, voice),
        _part(one.second, voice),
        f"{one.cases:,}",
        f"{one.defects:,}",
        f"{one.expected:.1f}",
        voice.share(one.rate),
        f"{one.p:.3f}",
    )


def _part(one: Part, voice: Voice) -> str:
    return f"{one.meaning.say(voice.language)}: {one.level.say(voice.language)}"


def _rework(found: OfficeQuality, voice: Voice) -> Exhibit:
    rows = tuple(
        (one.quarter, f"{one.cases:,}", f"{one.again:,}", f"{one.ratio:.2f}")
        for one in found.rework
    )
    says = found.rework_says.say(voice.language)
    head = tuple(map(voice.say, ("period", "cases", "again", "rework_ratio")))
    return Exhibit(voice.say("rework_title"), says, head, rows)
