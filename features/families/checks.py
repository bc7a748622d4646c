"""What the office's own checks of the case had found by the moment.

Self checks and verifications are facts about a case, as independent reviews are not: those are
what is predicted.
"""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import _
from cases.office.model import Office
from features.as_of import check_column
from features.feature import RUNNING, Feature, OfCase, same

MEANINGS = {
    ("self_check", "made"): _("self checks"),
    ("self_check", "failed"): _("self checks that found a defect"),
    ("verification", "made"): _("verifications"),
    ("verification", "failed"): _("verifications that found a defect"),
}


def features(office: Office) -> Iterator[Feature]:
    """Counts of each kind of check that the office file names; 0 before any was made."""
    for (kind, measure), meaning in MEANINGS.items():
        if kind in office.check_kinds:
            quantity = OfCase(check_column(kind, measure))
            name = f"checks.{kind}_{measure}"
            yield Feature(name, (quantity,), same, "count", meaning, known=RUNNING)
