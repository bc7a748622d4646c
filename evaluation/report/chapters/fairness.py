"""What the list does to the groups of cases that the office file names."""

from __future__ import annotations

from cases.language.messages import Sayable, _, listed
from evaluation.backtests.group_rates import UNRANKED, Difference, Grouping
from evaluation.pages import charts
from evaluation.pages.cells import Cell, count
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.names import FIGURES, cells, heads
from evaluation.report.chapters.heads import CASES, NO_RISK_MODEL
from evaluation.report.summary import ReportSummary
from evaluation.statistics.saying import number, points

TITLE = _("Groups of cases: does the list treat them alike?")
DRAWN = ("selection_rate", "true_positive_rate", "false_positive_rate")
GROUP = _("Group")
SHARE_OF_GROUP = _("Share of the group, with 95% interval")
RATES = (*DRAWN, "calibration", "detection_share", "defect_share")


def chapter(summary: ReportSummary) -> Chapter:
    """The groups by every attribute named; without any a sentence that says so."""
    fairness = summary.fairness
    if fairness is None:
        no_groups = _("The office file names no groups to compare (`fairness`).")
        return Chapter("fairness", TITLE, no_groups if summary.card.risk else NO_RISK_MODEL)
    exhibits = tuple(map(_grouping, fairness.groupings))
    return Chapter("fairness", TITLE, fairness.says, exhibits)


def _grouping(grouping: Grouping) -> Exhibit:
    groups = grouping.groups
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (group.name, count(group.cases), *cells(group, RATES)) for group in groups
    )
    shown = any(group.selection_rate.value is not None for group in groups)
    rates = [(FIGURES[name].head, [getattr(group, name) for group in groups]) for name in DRAWN]
    how = _(
        "Groups whose rates of defects differ cannot be equal in all columns at once; what "
        "difference is right, people judge."
    )
    names = [group.name for group in groups]
    return Exhibit(
        grouping.meaning,
        _says(grouping),
        (GROUP, CASES, *heads(RATES)),
        rows,
        charts.groups((GROUP, SHARE_OF_GROUP), names, rates) if shown else None,
        notes=(how,) if shown else (),
    )


def _says(grouping: Grouping) -> Sayable:
    """The differences beyond chance, that there is none, or that none is shown."""
    if grouping.attribute in UNRANKED:
        return _("They stand in order of name and are not ranked.")
    sure = [difference for difference in grouping.differences if difference.beyond_chance]
    if sure:
        return _("Larger than chance allows: {differences}.", differences=listed(map(_said, sure)))
    if grouping.differences:
        return _("No difference between its groups is larger than chance allows.")
    return _("Fewer than two of its groups are large enough to compare.")


def _said(difference: Difference) -> Sayable:
    shown = number if difference.measure == "calibration" else points
    return _(
        "“{measure}” is higher for {more} than for {less} by {by}",
        measure=FIGURES[difference.measure].head,
        more=difference.more,
        less=difference.less,
        by=shown(difference.difference),
    )
