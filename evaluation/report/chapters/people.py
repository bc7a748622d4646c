"""What people did with the plans, and where they decided otherwise."""

from __future__ import annotations

from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice
from evaluation.quality.overrides import Change, Overrides
from evaluation.quality.uptake import PlanUptake, Uptake
from evaluation.report.summary import ReportSummary


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """What became of each plan that the report was given, and of what was overridden."""
    title, found = voice.say("people"), summary.uptake
    others = () if summary.overrides is None else (_overrides(summary.overrides, voice),)
    if found is None or not found.plans:
        return Chapter("people", title, voice.say("no_plans"), others)
    asked, came = (sum(getattr(one, name) for one in found.plans) for name in ("asked", "returned"))
    lead = voice.say("says_plans", plans=len(found.plans), asked=asked, returned=came)
    return Chapter("people", title, lead, (_plans(found, voice), *_ways(found, voice), *others))


def _plans(found: Uptake, voice: Voice) -> Exhibit:
    head = ("plan", "asked", "returned", "contestable", "missing", "second_read", "risk_gap")
    rows = tuple(_plan(one, voice) for one in found.plans)
    says = voice.joined(*(one.says for one in found.plans))
    note = voice.say("how_plans")
    return Exhibit(voice.say("plans_title"), says, tuple(map(voice.say, head)), rows, notes=(note,))


def _plan(one: PlanUptake, voice: Voice) -> tuple[str, ...]:
    counts = (one.asked, one.returned, one.contestable, one.missing)
    return (
        f"{one.as_of:%Y-%m-%d}",
        *(f"{count:,}" for count in counts),
        f"{one.second_read:,} / {one.second_asked:,}",
        voice.figure(one.risk_gap),
    )


def _ways(found: Uptake, voice: Voice) -> tuple[Exhibit, ...]:
    """How many of the reviews asked for came back, by why the case was on the list."""
    lines = [(one, way) for one in found.plans for way in one.by]
    rows = tuple(
        (
            f"{plan.as_of:%Y-%m-%d}",
            voice.say(f"by_{way.selected_by}"),
            f"{way.asked:,}",
            voice.share(way.returned),
        )
        for plan, way in lines
    )
    _, least = min(lines, key=lambda line: line[1].returned.value or 0.0)
    says = voice.say("says_none_back")
    if any(way.returned.value for _, way in lines):
        way = voice.say(f"by_{least.selected_by}")
        says = voice.say("says_ways", way=way, share=voice.share(least.returned))
    head = tuple(map(voice.say, ("plan", "selected_by", "asked", "returned_share")))
    return (Exhibit(voice.say("ways_title"), says, head, rows),)


def _overrides(found: Overrides, voice: Voice) -> Exhibit:
    """What was overridden, how, and what came of it; nobody is named."""
    head = ("about", "from", "to", "times", "known", "outcome")
    rows = tuple(_override(one, voice) for one in found.changes)
    says, note = found.says.say(voice.language), voice.say("how_overrides")
    title = voice.say("overrides_title")
    names = tuple(voice.say(f"override_{name}") for name in head)
    return Exhibit(title, says, names, rows, notes=(note,))


def _override(one: Change, voice: Voice) -> tuple[str, ...]:
    codes = (one.suggested, one.decided)
    return (
        voice.say(f"override_{one.about}"),
        *("–" if code is None else voice.say(f"{one.about}_{code}") for code in codes),
        f"{one.times:,}",
        f"{one.outcome.n:,}",
        voice.share(one.outcome) if one.outcome.n else "–",
    )
