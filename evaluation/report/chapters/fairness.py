"""What the list does to the groups of cases that the office file names."""

from __future__ import annotations

from functools import partial

from evaluation.backtests.group_rates import UNRANKED, Difference, GroupFigures, Grouping
from evaluation.pages import charts
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice
from evaluation.report.summary import ReportSummary

DRAWN = ("selection_rate", "true_positive_rate", "false_positive_rate")
RATES = (*DRAWN, "calibration", "detection_share", "defect_share")


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """The groups by every attribute named; without any a sentence that says so."""
    title, found = voice.say("fairness"), summary.fairness
    if found is None:
        why = "no_groups" if summary.card.risk else "no_risk_model"
        return Chapter("fairness", title, voice.say(why))
    exhibits = tuple(_grouping(one, voice) for one in found.groupings)
    return Chapter("fairness", title, found.says.say(voice.language), exhibits)


def _grouping(found: Grouping, voice: Voice) -> Exhibit:
    rows = tuple(
        (str(place), one.name.say(voice.language), f"{one.cases:,}", *_rates(one, voice))
        for place, one in enumerate(found.groups, start=1)
    )
    told = any(one.selection_rate.value is not None for one in found.groups)
    panels = [[getattr(one, name) for one in found.groups] for name in DRAWN]
    return Exhibit(
        found.meaning.say(voice.language),
        _says(found, voice),
        tuple(map(voice.say, ("number", "group", "cases", *RATES))),
        rows,
        partial(charts.groups, panels) if told else None,
        notes=(voice.say("groups_chart"), voice.say("how_fairness")) if told else (),
    )


def _rates(one: GroupFigures, voice: Voice) -> list[str]:
    found = [(name, getattr(one, name)) for name in RATES]
    return [voice.figure(f) if name == "calibration" else voice.share(f) for name, f in found]


def _says(found: Grouping, voice: Voice) -> str:
    """The differences beyond chance, that there is none, or that none is told."""
    if found.attribute in UNRANKED:
        return voice.say("says_unranked")
    told = [one for one in found.differences if one.beyond_chance]
    if not told:
        compared = bool(found.differences)
        return voice.say("says_no_difference" if compared else "says_nothing_compared")
    return voice.say("says_differences", differences=voice.listed([_said(d, voice) for d in told]))


def _said(one: Difference, voice: Voice) -> str:
    figure = one.difference
    shown = voice.figure(figure) if one.measure == "calibration" else voice.share(figure)
    measure = voice.say(one.measure)
    return voice.say("difference", measure=measure, more=one.more, less=one.less, by=shown)
