"""What `triage begin` shows: how many readings have a reviewer, and which have none and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cases.language.messages import Sayable, _, listed, ngettext
from cli.console import Terminal
from policies.reviewers.draw import READINGS, DrawnReviewers, Given
from serving.kept.begin import REVIEWERS_OF, Beginning

MOST_SHOWN = 10  # readings without a reviewer for one reason
NO_TABLE = _(
    "The office has no reviewer table, so nobody is drawn: any reviewer may take a case. To have "
    "reviewers drawn, name a table `reviewers` under [tables] in the office file."
)
SECOND = _("{case} (second reading)")


def show_beginning(terminal: Terminal, begun: Beginning, home: Path) -> None:
    """What began, or that it had begun before."""
    if begun.step is None:
        terminal.show(_("The reviews of plan {plan} are under way already.", plan=begun.plan_id))
    else:
        terminal.show(
            ngettext(
                "The reviews of plan {plan} begin: {count:,} case.",
                "The reviews of plan {plan} begin: {count:,} cases.",
                begun.cases,
                plan=begun.plan_id,
            )
        )
    if begun.drawn is not None:
        _show_drawn(terminal, begun.drawn, home / REVIEWERS_OF / begun.plan_id)
    elif begun.step is not None:
        terminal.show(NO_TABLE)


def _show_drawn(terminal: Terminal, drawn: DrawnReviewers, folder: Path) -> None:
    """How many readings have a reviewer, which have none, and where all of it is."""
    given = [one.reading for one in drawn.given if one.reviewer is not None]
    first, second = (given.count(reading) for reading in READINGS)
    terminal.show(
        _("Cases with a reviewer: {cases:,}.", cases=first),
        _("Of these, with another one for a second reading: {cases:,}.", cases=second),
        *drawn.notes,
        *_left([one for one in drawn.given if one.reviewer is None]),
        _(
            "Who reviews what, and everything to draw it again: {folder} (seed {seed})",
            folder=str(folder),
            seed=drawn.parameters.seed,
        ),
    )


def _left(without: Sequence[Given]) -> Iterator[Sayable]:
    """The readings without a reviewer, by why there is none."""
    by_why: dict[Sayable, list[Sayable | str]] = {}
    for one in without:
        case = one.case_id if one.reading == "first" else SECOND.filled(case=one.case_id)
        by_why.setdefault(one.why, []).append(case)
    if without:
        yield _("Readings without a reviewer: {readings:,}.", readings=len(without))
    for why, readings in by_why.items():
        shown: Sayable = listed(readings[:MOST_SHOWN])
        more = len(readings) - MOST_SHOWN
        if more > 0:
            shown = _("{cases} and {more:,} more", cases=shown, more=more)
        yield _("{cases}: {why}", cases=shown, why=why)
