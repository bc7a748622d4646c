"""Of the alerts that were given before a limit was over: how many of these limits were overrun."""

from __future__ import annotations

from collections.abc import Sequence

from cases.language.messages import Sayable, _, ngettext
from evaluation.statistics.metrics import FEWEST, Figure, wilson
from evaluation.statistics.saying import percent
from policies.alerts import Sort

WHOSE = {
    Sort.HARD: _("Warnings that a limit is nearly used up"),
    Sort.PREDICTED: _("Predictions that a limit will be overrun"),
}


def share_overrun(overrun: Sequence[bool]) -> Figure:
    """The share of limits that were overrun, with its interval; withheld where they are few.

    >>> share_overrun([True] * 9).absent, share_overrun([True] * 8 + [False] * 2).value
    ('too_few', 0.8)
    """
    if len(overrun) < FEWEST:
        return Figure.of_few(len(overrun))
    return wilson([float(one) for one in overrun])


def said(sort: Sort, figure: Figure) -> Sayable:
    """What became of the alerts of a sort whose limit is over by now."""
    about = WHOSE[sort]
    if figure.value is None:
        return ngettext(
            "{about}: the limit of {count:,} is over by now, too few to tell how many came true.",
            "{about}: the limits of {count:,} are over by now, too few to tell how many came true.",
            figure.n,
            about=about,
        )
    return _(
        "{about}: of {count:,} whose limit is over by now, {share} were overrun.",
        about=about,
        count=figure.n,
        share=percent(figure),
    )
