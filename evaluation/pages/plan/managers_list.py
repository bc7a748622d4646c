"""The manager's list of a plan: who to check first and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, sentences
from cases.language.values import Value
from evaluation.pages.plan.drawn_cases import PlanShown, drawn_case
from evaluation.pages.render import page
from policies.spot_check.plan import RisksBy

MOST_LISTED = 1_000  # cases; a longer page is slow to open and nobody reads it
HEAD = (_("order"), _("case"), _("risk"), _("why it is on the list"), _("what moves the risk"))
SELECTED: dict[str, Sayable] = {
    "mandatory": _("by rule"),
    "search": _("by search"),
    "lottery": _("by random draw"),
}
# How the order and the chances of the random draw come about, by what the risks are made by.
ORDERED: dict[RisksBy, Sayable] = {
    "model": _(
        "The highest estimated risk comes first. In the random draw, too, a case of higher risk "
        "had the higher probability."
    ),
    "points": _(
        "The most points by the rule of thumb come first. In the random draw, too, a case with "
        "more points had the higher probability."
    ),
    "equal": _("Nothing is known yet that tells the risks apart, so all count as equal."),
}


RISK = _("The risk says how many of 100 such cases had a defect.")
BARS = _(
    "A bar says by how many points one fact raises (filled) or lowers (empty) the risk, all else "
    "as it is."
)


def render_list(shown: PlanShown, language: Language) -> str:
    """The page in `language`; all text from the office and its tables is escaped."""
    plan, by = shown.plan, shown.office.spot_checks.list_by
    lines = shown.lines.sort("rank").head(MOST_LISTED)
    lines = lines if by is None else lines.sort(by, "rank", nulls_last=True)
    return page(
        "plan.html.jinja",
        language,
        office=shown.office.office.name,
        summary=_summary(shown),
        drawn=[
            _("{feature}: {value}", feature=SELECTED[way], value=Value(count, ","))
            for way, count in plan.drawn.items()
        ],
        how_to_read=sentences(ORDERED[shown.risks_by], RISK, BARS),
        notes=[*plan.notes, *_left_out(plan.lines.height)],
        cases=[drawn_case(shown, line) for line in lines.iter_rows(named=True)],
        head=HEAD,
        made=_made(shown),
    )


def _summary(shown: PlanShown) -> Sayable:
    plan = shown.plan
    return _(
        "To check: {drawn:,} of the {cases:,} cases that came up by {day}.",
        drawn=plan.lines.height,
        cases=plan.frame.height,
        day=plan.parameters.as_of.date(),
    )


def _left_out(cases: int) -> Iterator[Sayable]:
    """A note on a plan that is longer than the page."""
    if cases > MOST_LISTED:
        yield _(
            "This page shows the {most:,} cases to check first of {cases:,}. All stand in "
            "`plan.csv`.",
            most=MOST_LISTED,
            cases=cases,
        )


def _made(shown: PlanShown) -> dict[Sayable, Sayable | str]:
    """Of what the plan was made, by name."""
    parameters = shown.plan.parameters
    since: datetime | None = parameters.closed_after
    return {
        _("As of"): Value(parameters.as_of.date()),
        **({} if since is None else {_("Cases after"): Value(since.date())}),
        _("Capacity"): Value(parameters.capacity, ","),
        _("Code of the plan"): shown.plan.plan_id,
        _("Seed"): parameters.seed,
    }
