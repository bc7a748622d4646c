"""A finding of the leak finder, and the sentences that findings are shown in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cases.language.messages import Sayable, _
from cases.office.model import Office

Severity = Literal["blatant", "suspicious"]


@dataclass(frozen=True)
class Finding:
    """A column that seems to know too much: which, how surely, why that is said, what to do.

    `column` is a column of the case table as the office file calls it, else a feature.
    """

    column: str
    severity: Severity
    evidence: Sayable
    remedy: Sayable


@dataclass(frozen=True)
class ComparedGroups:
    """Two groups of cases that are compared, in words."""

    group: Sayable
    rest: Sayable


OUTCOMES: Mapping[str, Sayable] = {
    "risk": _("whether a review finds a defect"),
    "complexity": _("whether they prove complex"),
}
BY_OUTCOME: Mapping[str, ComparedGroups] = {
    "risk": ComparedGroups(_("cases with a defect"), _("reviewed cases without a defect")),
    "complexity": ComparedGroups(_("complex cases"), _("other closed cases")),
}
BY_REVIEW = ComparedGroups(
    _("reviewed cases"), _("cases of the same kind and quarter without a review")
)
BY_CLOSING = ComparedGroups(
    _("open cases"),
    _("closed cases of the same kind and opening quarter that took longest"),
)


def finding(office: Office, column: str, severity: Severity, evidence: Sayable) -> Finding:
    """A finding of `column`, a feature or a column of the case table, with what to do."""
    name = column.removeprefix("attribute.")
    return Finding(name, severity, evidence, _remedy(office, name))


def _remedy(office: Office, name: str) -> Sayable:
    if name in ("opened_at", "closed_at"):
        return _(
            "Look for the true dates. How long cases took, and what was known at intake, can only "
            "be as good as they are."
        )
    if name in office.attributes:
        return _(
            "Find out when {column} gets its value. If that is at closing or with an activity, say "
            "so in `known` under [attributes.{column}]; if it comes with the outcome or after it, "
            "remove it.",
            column=name,
        )
    return _(
        "Look at when the records that {column} is made from are entered. What is entered with the "
        "outcome or after it needs its true `recorded_at`, or does not belong in the tables.",
        column=name,
    )
