"""What changed lately: the cases, the scores, the base rate, the calibration."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, listed
from cases.language.values import Value
from evaluation.drift.calibration import Calibration
from evaluation.drift.changes import Changes
from evaluation.drift.drift import Window
from evaluation.pages import charts
from evaluation.pages.cells import NOTHING, Cell, count, interval, share, share_interval
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report.chapters.heads import CASES, EXPECTED, KNOWN_OUTCOMES, NUMBER
from evaluation.report.summary import ReportSummary

TITLE = _("What changed")
BASE_RATE = _("Base rate")
TIME = _("Time")
WINDOWS: dict[str, Sayable] = {"training": _("trained on"), "previous": _("quarter before")}


def chapter(summary: ReportSummary) -> Chapter:
    """What was compared with what; without enough outcomes a sentence that says so."""
    if summary.changes is None:
        lead = _("No quarter has enough known outcomes to say whether anything changed.")
        return Chapter("drift", TITLE, lead)
    return Chapter("drift", TITLE, _lead(summary.changes), tuple(_exhibits(summary.changes)))


def _lead(changes: Changes) -> Sayable:
    if changes.trained_on:
        return _(
            "{quarter} against the quarter before; the model was trained on both.",
            quarter=changes.name,
        )
    return _(
        "{quarter} against the time the model was trained on, and against the quarter before.",
        quarter=changes.name,
    )


def _exhibits(changes: Changes) -> Iterator[Exhibit]:
    yield _findings(changes)
    yield _windows(changes)
    if changes.drift.calibration is not None:
        yield _calibration(changes.drift.calibration, changes.name)


def _findings(changes: Changes) -> Exhibit:
    says = _(
        "{alarms} of {tested} comparisons of inputs and scores moved beyond chance and enough to "
        "matter.",
        alarms=sum(len(alarms) for alarms in changes.drift.alarms.values()),
        tested=sum(len(shifts) for shifts in changes.drift.shifts.values()),
    )
    how = _(
        "All alarms of a quarter together are false in at most 5% of quarters without any change. "
        "Not compared: {untested} inputs that describe other cases or the calendar.",
        untested=len(changes.drift.untested),
    )
    rows = tuple(
        (str(number), finding.what, finding.next)
        for number, finding in enumerate(changes.findings, start=1)
    )
    head = (NUMBER, TITLE, _("What to ask"))
    return Exhibit(_("All that changed"), says, head, rows, notes=(how,))


def _windows(changes: Changes) -> Exhibit:
    windows: list[tuple[Sayable | str, Window]] = [
        *((WINDOWS[code], window) for code, window in changes.drift.windows.items()),
        (changes.name, changes.drift.now),
    ]
    names, rates = [name for name, _window in windows], [window.rate for _name, window in windows]
    return Exhibit(
        _("Base rate and scores"),
        _says_rate(changes),
        (TIME, CASES, _("Mean score"), KNOWN_OUTCOMES, BASE_RATE),
        tuple((name, *_line(window)) for name, window in windows),
        charts.rates((TIME, _("Share of cases with the outcome, with 95% interval")), names, rates),
    )


def _says_rate(changes: Changes) -> Sayable:
    """Whether the base rate changed, and what it was before."""
    before = [
        _("{time}: {rate}", time=WINDOWS[code], rate=share_interval(window.rate))
        for code, window in changes.drift.windows.items()
    ]
    values = {
        "quarter": changes.name,
        "now": share_interval(changes.drift.now.rate),
        "before": listed(before),
    }
    if any(change.alarm for change in changes.drift.rates.values()):
        return _(
            "The base rate has changed beyond chance: {now} in {quarter} ({before}).", **values
        )
    return _(
        "The base rate has not changed beyond chance: {now} in {quarter} ({before}).", **values
    )


def _line(window: Window) -> tuple[Cell, ...]:
    score = NOTHING if window.score is None else share(window.score)
    return (count(window.cases), score, count(window.outcomes), share_interval(window.rate))


def _calibration(calibration: Calibration, quarter: str) -> Exhibit:
    ratio = interval(calibration.ratio)
    values = {"quarter": quarter, "ratio": ratio}
    says = (
        _(
            "In {quarter} they did not: found over expected was {ratio}, and 1 would be right.",
            **values,
        )
        if calibration.alarm
        else _(
            "In {quarter} nothing spoke against them: found over expected was {ratio}, and 1 would "
            "be right.",
            **values,
        )
    )
    row = (Value(calibration.observed, ",.0f"), Value(calibration.expected, ",.0f"), ratio)
    head = (_("Found"), EXPECTED, _("Found over expected"))
    title = _("Did its probabilities hold in the quarter")
    return Exhibit(title, says, head, (row,), technical=True)
