"""What the office wants to reach, each beside what is known of it."""

from __future__ import annotations

from collections.abc import Mapping

from cases.language.messages import Sayable, _
from serving.http.pages.shell.visit import Shown, Visit
from serving.kept.home.whole_plans import plans_under_way
from serving.use_cases.rectifying.goals import Goal, Known, goals

PATH = "/office/goals"
TITLE = _("Goals")
HOW = _(
    "Plans are in order, the newest first. What is shown of a share of defects is 95 % sure, at "
    "whatever time one looks; counts of findings are exact."
)
KNOWN: Mapping[Known, tuple[Sayable, str]] = {
    Known.SHOWN: (_("shown"), "green"),
    Known.MISSED: (_("not reached"), "red"),
    Known.NOT_SHOWN: (_("not shown"), "amber"),
    Known.NOT_YET_KNOWN: (_("not yet known"), ""),
}


def show(visit: Visit) -> Shown:
    """The page."""
    plans = plans_under_way(visit.context, visit.rooms.home)
    found = goals(visit.context, plans.plans, visit.now.date())
    values = {"goals": [_line(goal) for goal in found], "problems": plans.problems, "how": HOW}
    return Shown("office/goals.html", TITLE, values)


def _line(goal: Goal) -> tuple[Goal, tuple[Sayable, str]]:
    """A goal with its tag."""
    return goal, KNOWN[goal.known]
