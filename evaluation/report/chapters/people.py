"""What people did with the plans, and where they decided against a suggestion."""

from __future__ import annotations

from collections.abc import Mapping

from cases.language.messages import Sayable, _, sentences
from evaluation.pages.cells import NOTHING, Cell, Named, count, day, interval, share_interval
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.quality.overrides import Change, Overrides
from evaluation.quality.uptake import PlanUptake, Selection, Uptake
from evaluation.report.chapters.heads import KNOWN_OUTCOMES
from evaluation.report.summary import ReportSummary
from policies.routing import TRACKS

TITLE = _("What people did with plans and suggestions")
PLAN = _("Plan of")
ASKED = _("Reviews asked for")
SELECTED_BY: dict[str, Sayable] = {
    "mandatory": _("mandatory"),
    "search": _("search"),
    "lottery": _("random draw"),
}
ABOUT: dict[str, Sayable] = {
    "track": _("track"),
    "handler": _("handler"),
    "spot_check": _("spot check"),
}
DECIDED: dict[str, Mapping[str, Sayable]] = {
    "track": TRACKS,
    "spot_check": {"listed": _("on the list"), "left_out": _("left out")},
}


def chapter(summary: ReportSummary) -> Chapter:
    """What became of each plan that the report was given, and of what was overridden."""
    uptake = summary.uptake
    overridden = () if summary.overrides is None else (_overrides(summary.overrides),)
    if uptake is None or not uptake.plans:
        lead = _("No plan was given to this report, so nothing is said of what people did with it.")
        return Chapter("people", TITLE, lead, overridden)
    lead = _(
        "Plans: {plans}. They asked for {asked:,} reviews, of which {returned:,} have come back.",
        plans=len(uptake.plans),
        asked=sum(plan.asked for plan in uptake.plans),
        returned=sum(plan.returned for plan in uptake.plans),
    )
    return Chapter("people", TITLE, lead, (_plans(uptake), _selections(uptake), *overridden))


def _plans(uptake: Uptake) -> Exhibit:
    head = (
        PLAN,
        ASKED,
        _("Come back"),
        _("Not final yet"),
        _("Missing"),
        _("Read twice, of asked"),
        _("Risk of the missing less the others"),
    )
    note = _(
        "If the missing reviews are of other risk than those that came back, the latter are not a "
        "random part."
    )
    return Exhibit(
        _("Plan by plan"),
        sentences(*(plan.says for plan in uptake.plans)),
        head,
        tuple(map(_plan, uptake.plans)),
        notes=(note,),
    )


def _plan(plan: PlanUptake) -> tuple[Cell, ...]:
    counts = (plan.asked, plan.returned, plan.contestable, plan.missing)
    twice = _("{read:,} / {asked:,}", read=plan.second_read, asked=plan.second_asked)
    return (_day(plan), *map(count, counts), twice, interval(plan.risk_gap))


def _day(plan: PlanUptake) -> Cell:
    return day(plan.as_of.date())


def _selections(uptake: Uptake) -> Exhibit:
    """How many of the reviews asked for came back, by why the case was on the list."""
    rows = tuple(
        (
            _day(plan),
            SELECTED_BY[selection.selected_by],
            count(selection.asked),
            share_interval(selection.returned),
        )
        for plan in uptake.plans
        for selection in plan.by
    )
    says = _says_selections([selection for plan in uptake.plans for selection in plan.by])
    head = (PLAN, _("On the list by"), ASKED, _("Share that came back"))
    return Exhibit(_("By why a case was on the list"), says, head, rows)


def _says_selections(selections: list[Selection]) -> Sayable:
    if not any(selection.returned.value for selection in selections):
        return _("No review has come back yet.")
    least = min(selections, key=lambda selection: selection.returned.value or 0.0)
    return _(
        "Fewest came back of these: {way}, {share}.",
        way=Named(least.selected_by, SELECTED_BY[least.selected_by]),
        share=share_interval(least.returned),
    )


def _overrides(overrides: Overrides) -> Exhibit:
    """What was overridden, how, and what came of it; no person is named."""
    head = (
        _("About"),
        _("Suggested"),
        _("Decided"),
        _("Times"),
        KNOWN_OUTCOMES,
        _("Proved complex, or had a defect"),
    )
    note = _(
        "As the office wrote them down. Tracks are judged by cases opened long enough ago to be "
        "closed, handlers not at all. How a case is treated may change how it ends, so this is "
        "not a proof."
    )
    return Exhibit(
        _("Decisions other than was suggested"),
        overrides.says,
        head,
        tuple(map(_override, overrides.changes)),
        notes=(note,),
    )


def _override(change: Change) -> tuple[Cell, ...]:
    outcome = change.outcome
    return (
        ABOUT[change.about],
        _decided(change.about, change.suggested),
        _decided(change.about, change.decided),
        count(change.times),
        count(outcome.n),
        share_interval(outcome) if outcome.n else NOTHING,
    )


def _decided(about: str, code: str | None) -> Cell:
    return NOTHING if code is None else DECIDED[about][code]
