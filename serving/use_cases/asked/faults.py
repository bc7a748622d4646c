"""Faults of what was asked: as many as a person corrects at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _, ngettext

MOST_FAULTS = 100  # in one answer
ASKED = _("the request")


def fault(field: str | None, problem: Sayable, remedy: Sayable) -> Fault:
    """A fault of `field`, such as `cases[0].closed_at`; None for the whole request."""
    return Fault(ASKED, problem, remedy, column=field)


def refuse(faults: Iterable[Fault]) -> None:
    """`BadInput` if there are faults: with the first `MOST_FAULTS`, and how many more there are."""
    several = iter(faults)
    first = list(itertools.islice(several, MOST_FAULTS))
    if first:
        raise BadInput(first + unlisted(sum(1 for _more in several)))


def unlisted(count: int) -> list[Fault]:
    """A last fault for `count` more that are not listed; none if there are none."""
    if not count:
        return []
    problem = ngettext("has {count:,} more fault.", "has {count:,} more faults.", count)
    return [fault(None, problem, _("Correct these first."))]
