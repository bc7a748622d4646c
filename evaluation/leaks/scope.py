"""What the leak finder did not look at, and what it could not have seen.

"No column seems to know too much" is worth as much as was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from cases.language.messages import Sayable, _, listed
from cases.tables.tables import Tables
from evaluation.leaks.findings import BY_OUTCOME
from evaluation.leaks.odds import TwoByTwo
from evaluation.leaks.power import FEWEST, LabelledQuestion, questions
from evaluation.leaks.values import SPECIAL, level_by_sort, looked_at, scanned


def not_looked_at(tables: Tables, until: datetime) -> tuple[Sayable, ...]:
    """In sentences, what `find_leaks` cannot say of these tables."""
    asked = {question.name: question for question in questions(tables, until)}
    return (
        *_outcomes(tables, asked),
        *(_weakest(tables, question) for question in asked.values()),
        *_columns(tables, asked),
    )


def _outcomes(tables: Tables, asked: dict[str, LabelledQuestion]) -> Iterator[Sayable]:
    """The outcomes that no column was tried on."""
    present = {"risk": not tables.review_rows.is_empty(), "complexity": tables.office.complexity}
    for name, stated in present.items():
        if stated and name not in asked:
            words = BY_OUTCOME[name]
            yield _(
                "Not looked at: what goes with {group} and {rest}. That takes {fewest} older and "
                "{fewest} later cases of each.",
                group=words.group,
                rest=words.rest,
                fewest=FEWEST,
            )
    if tables.case_rows["closed_at"].null_count() == 0:
        yield _("Not looked at: how open cases differ from closed ones, as none is open.")
    if tables.review_rows.is_empty():
        yield _("Not looked at: what is entered after a review, as there is none.")


def _weakest(tables: Tables, question: LabelledQuestion) -> Sayable:
    """From which share of the outcome's cases on a special value would have been found."""
    rows = question.labels.join(tables.case_rows, on="case_id", maintain_order="left")
    values = list(looked_at(rows, scanned(tables.office, question)))
    defects = int((rows["y"] == 1).sum())
    needed = fewest_seen(defects, rows.height, level_by_sort(values)[True])
    group = BY_OUTCOME[question.name].group
    if needed is None:
        return _("Too few {group} are known to see any value that stands for them.", group=group)
    return _(
        "A special value (blank, UNKNOWN, 0) that only {group} have is not seen if fewer than "
        "{share:.1%} of them have it ({needed:,} of {defects:,}); any other value, or one that "
        "other cases have too, must be more frequent.",
        group=group,
        share=needed / defects,
        needed=needed,
        defects=defects,
    )


def fewest_seen(outcome: int, cases: int, level: float) -> int | None:
    """With a special value in so many of the outcome's cases and no other it is found; or None.

    >>> fewest_seen(100, 1_000, 0.001)
    5
    """
    one = np.ones(1)
    for both in range(1, outcome + 1):
        if TwoByTwo(both * one, outcome * one, both * one, cases * one).surely_above(
            SPECIAL, level
        ):
            return both
    return None


def _columns(tables: Tables, asked: dict[str, LabelledQuestion]) -> Iterator[Sayable]:
    """The attributes that no value was looked at of, and what is never looked at."""
    seen = {name for question in asked.values() for name in scanned(tables.office, question)}
    unseen = [name for name in tables.office.attributes if name not in seen]
    if asked and unseen:
        yield _(
            "Values not looked at: those of {columns}, which no model may use or which say what is "
            "complex.",
            columns=listed(unseen),
        )
    yield _(
        "Never seen: a date entered later than it says, and an event whose `recorded_at` is wrong."
    )
