"""What changed lately: the cases, the scores, the base rate, the calibration."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.drift.changes import Changes
from evaluation.drift.drift import Calibration, Window
from evaluation.pages import charts
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice, share
from evaluation.report.summary import ReportSummary


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """What to do first, then what was found; without enough outcomes a sentence that says so."""
    title, found = voice.say("drift"), summary.changes
    if found is None:
        return Chapter("drift", title, voice.say("no_drift"))
    code = "drift_lead_trained_on" if found.trained_on else "drift_lead"
    lead = voice.say(code, quarter=found.name, advice=found.advice)
    return Chapter("drift", title, lead, tuple(_exhibits(found, voice)))


def _exhibits(found: Changes, voice: Voice) -> Iterator[Exhibit]:
    yield _findings(found, voice)
    yield _windows(found, voice)
    if found.drift.calibration is not None:
        yield _calibration(found.drift.calibration, voice)


def _findings(found: Changes, voice: Voice) -> Exhibit:
    rows = tuple(
        (str(place), one.what.say(voice.language), one.next.say(voice.language))
        for place, one in enumerate(found.findings, start=1)
    )
    shifts = [one for part in found.drift.shifts.values() for one in part]
    alarms = sum(len(one) for one in found.drift.alarms.values())
    says = voice.say("says_alarms", alarms=alarms, tested=len(shifts))
    head = tuple(map(voice.say, ("number", "finding", "next")))
    note = voice.say("how_drift", untested=len(found.drift.untested))
    return Exhibit(voice.say("drift_findings"), says, head, rows, notes=(note,))


def _windows(found: Changes, voice: Voice) -> Exhibit:
    windows = found.drift.windows
    lines = [(voice.say(f"window_{name}"), one) for name, one in windows.items()]
    lines.append((found.name, found.drift.now))
    changed = any(one.alarm for one in found.drift.rates.values())
    says = voice.say(
        "says_rate_changed" if changed else "says_rate_same",
        quarter=found.name,
        now=voice.share(found.drift.now.rate),
        before=voice.listed(
            [voice.say("rate_then", time=n, rate=voice.share(one.rate)) for n, one in lines[:-1]]
        ),
    )
    rates = [one.rate for _, one in lines]
    numbered = [str(place) for place in range(1, len(lines) + 1)]
    return Exhibit(
        voice.say("windows_title"),
        says,
        tuple(map(voice.say, ("number", "window", "cases", "mean_score", "outcomes", "base_rate"))),
        tuple(
            (number, name, *_window(one, voice))
            for number, (name, one) in zip(numbered, lines, strict=True)
        ),
        partial(charts.rates_over_time, numbered, rates),
        notes=(voice.say("windows_chart"),),
    )


def _window(one: Window, voice: Voice) -> tuple[str, ...]:
    score = "–" if one.score is None else share(one.score)
    return (f"{one.cases:,}", score, f"{one.outcomes:,}", voice.share(one.rate))


def _calibration(found: Calibration, voice: Voice) -> Exhibit:
    row = (f"{found.observed:,.0f}", f"{found.expected:,.0f}", voice.figure(found.ratio))
    says = voice.say("says_drifted" if found.alarm else "says_held", ratio=found.ratio)
    head = tuple(map(voice.say, ("observed", "expected", "observed_over_expected")))
    return Exhibit(voice.say("drift_calibration"), says, head, (row,))
