"""How earlier, similar cases turned out, as far as that was known at the moment.

Rates of few cases are shrunk towards the office's: (sum + k * prior) / (n + k) with
k = `PRIOR_CASES`, the posterior mean under a Beta prior worth k cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import narwhals as nw

from cases.language.messages import Message, _
from cases.office.model import Office
from features.as_of import known_when
from features.families.attributes import BUILT_IN
from features.feature import (
    RUNNING,
    STAGES,
    Feature,
    OfCase,
    OfOthers,
    Quantity,
    days,
    lasting,
    ratio,
    same,
    stage,
)

PRIOR_CASES = 20.0
YEAR = 365
RECENT = (30, 90, YEAR)
OFFICE: tuple[str, ...] = ()


def features(office: Office) -> Iterator[Feature]:
    """Rates of the office, then rates and durations for every way of being similar."""
    if office.reviews:
        yield from office_rates()
    for key in keys(office):
        if office.reviews:
            yield from rates(office, key)
        yield from durations(office, key)


def keys(office: Office) -> list[tuple[str, ...]]:
    """By kind, unit, handler, each similar attribute, and each pair of these attributes."""
    similar = office.risk.similar_by
    return [("kind",), ("unit",), ("handler",), *((a,) for a in similar), *combinations(similar, 2)]


def defects(key: tuple[str, ...], window: int | None = None) -> tuple[OfOthers, OfOthers]:
    """Defects found and reviews made among similar cases."""
    return OfOthers(key, "defects", window), OfOthers(key, "reviewed", window)


def office_rates() -> Iterator[Feature]:
    """The office's defect rate: ever, and lately, which follows drift."""
    yield Feature(
        "history.office_defect_rate",
        defects(OFFICE),
        ratio,
        "share",
        _("share of defects in all earlier reviews"),
    )
    for window in RECENT:
        yield Feature(
            f"history.office_defect_rate_{window}",
            (*defects(OFFICE, window), *defects(OFFICE)),
            shrunk_to_office,
            "share",
            _("share of defects in reviews known in the last {days} days", days=window),
        )


def rates(office: Office, key: tuple[str, ...]) -> Iterator[Feature]:
    """Defect rates of similar cases, and how many reviews of them the last year holds."""
    cases = alike(office, key)
    stem = f"history.{'_and_'.join(key)}"
    known, personal = _known(office, key), "handler" in key
    recent = _(
        "share of defects among {cases} reviewed in the last {days} days",
        days=YEAR,
        cases=cases,
    )
    for window, name, meaning in (
        (None, "defect_rate", _("share of defects among {cases} ever reviewed", cases=cases)),
        (YEAR, f"defect_rate_{YEAR}", recent),
    ):
        yield Feature(
            f"{stem}_{name}",
            (*defects(key, window), *defects(OFFICE)),
            shrunk_to_office,
            "share",
            meaning,
            known=known,
            personal=personal,
        )
    yield Feature(
        f"{stem}_reviews_{YEAR}",
        (OfOthers(key, "reviewed", YEAR),),
        same,
        "count",
        _("reviews of {cases} in the last {days} days", days=YEAR, cases=cases),
        known=known,
        personal=personal,
    )


def durations(office: Office, key: tuple[str, ...]) -> Iterator[Feature]:
    """How long similar cases took lately, and this one against them."""
    cases = alike(office, key)
    stem = f"history.{'_and_'.join(key)}"
    usual: tuple[Quantity, ...] = tuple(
        OfOthers(group, mark, YEAR)
        for group in (key, OFFICE)
        for mark in ("finished_seconds", "finished")
    )
    yield Feature(
        f"{stem}_usual_days",
        usual,
        usual_days,
        "days",
        _("days to close {cases} in the last {days} days, on average", days=YEAR, cases=cases),
        known=_known(office, key),
        personal="handler" in key,
    )
    yield Feature(
        f"{stem}_days_ratio",
        (OfCase("opened_at"), OfCase("moment"), *usual),
        days_against_usual,
        "ratio",
        _("days open, as a multiple of the average of {cases}", cases=cases),
        known=max(RUNNING, _known(office, key), key=STAGES.index),
        personal="handler" in key,
    )


def shrunk(total: nw.Expr, count: nw.Expr, prior: nw.Expr) -> nw.Expr:
    """The mean of `count` values, shrunk towards the prior as if by `PRIOR_CASES` more."""
    return (total + PRIOR_CASES * prior) / (count + PRIOR_CASES)


def shrunk_to_office(
    defective: nw.Expr, reviewed: nw.Expr, office_defective: nw.Expr, office_reviewed: nw.Expr
) -> nw.Expr:
    """A defect rate shrunk towards the office's; null before its first review is known."""
    return shrunk(defective, reviewed, ratio(office_defective, office_reviewed))


def usual_days(
    seconds: nw.Expr, finished: nw.Expr, office_seconds: nw.Expr, office_finished: nw.Expr
) -> nw.Expr:
    """A mean duration shrunk towards the office's; null before the first closing."""
    return shrunk(seconds, finished, ratio(office_seconds, office_finished)) / 86_400


def days_against_usual(opened: nw.Expr, moment: nw.Expr, *usual: nw.Expr) -> nw.Expr:
    """Days open by the moment over the usual days."""
    return ratio(days(lasting(opened, moment)), usual_days(*usual))


def alike(office: Office, key: tuple[str, ...]) -> Message:
    """What the similar cases share; a key is one column or two."""
    named = {**BUILT_IN, "kind": _("kind")}
    meanings = [named[part] if part in named else office.attributes[part].meaning for part in key]
    if len(meanings) == 1:
        return _("cases of the same {attribute}", attribute=meanings[0])
    first, second = meanings
    return _("cases of the same {first} and {second}", first=first, second=second)


def _known(office: Office, key: tuple[str, ...]) -> str:
    return max((stage(known_when(office, column)) for column in key), key=STAGES.index)
