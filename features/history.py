"""How earlier, similar cases turned out, as far as that was known by then.

Rates of few cases are drawn towards the office's own: (sum + k * prior) / (n + k) with
k = `PRIOR_CASES`, the posterior mean under a Beta prior worth k cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import narwhals as nw

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import INTAKE, Office
from features.as_of import known_when
from features.attributes import BUILT_IN
from features.feature import (
    AT_CLOSING,
    AT_INTAKE_AND_CLOSING,
    Feature,
    OfCase,
    OfOthers,
    Quantity,
    days,
    lasting,
    ratio,
    same,
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
            Text(
                en=f"share of defects in reviews known in the last {window} days",
                zh=f"全院近{window}天评查瑕疵率",
            ),
        )


def rates(office: Office, key: tuple[str, ...]) -> Iterator[Feature]:
    """Defect rates of similar cases, and how many reviews of them the last year holds."""
    en, zh = alike(office, key)
    stem = f"history.{'_and_'.join(key)}"
    moments, personal = _moments(office, key), "handler" in key
    for window, name, en_when, zh_when in (
        (None, "defect_rate", "ever", "历史"),
        (YEAR, f"defect_rate_{YEAR}", f"in the last {YEAR} days", f"近{YEAR}天"),
    ):
        yield Feature(
            f"{stem}_{name}",
            (*defects(key, window), *defects(OFFICE)),
            shrunk_to_office,
            "share",
            Text(en=f"share of defects in reviews {en_when}, {en}", zh=f"{zh}{zh_when}评查瑕疵率"),
            moments=moments,
            personal=personal,
        )
    yield Feature(
        f"{stem}_reviews_{YEAR}",
        (OfOthers(key, "reviewed", YEAR),),
        same,
        "count",
        Text(en=f"reviews in the last {YEAR} days, {en}", zh=f"{zh}近{YEAR}天评查件数"),
        moments=moments,
        personal=personal,
    )


def durations(office: Office, key: tuple[str, ...]) -> Iterator[Feature]:
    """How long similar cases took lately, and this one against them."""
    en, zh = alike(office, key)
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
        Text(en=f"mean days to close in the last {YEAR} days, {en}", zh=f"{zh}近一年平均办案天数"),
        moments=_moments(office, key),
        personal="handler" in key,
    )
    yield Feature(
        f"{stem}_days_ratio",
        (OfCase("opened_at"), OfCase("moment"), *usual),
        days_against_usual,
        "ratio",
        Text(en=f"days open as a multiple of the mean, {en}", zh=f"办案天数与{zh}平均天数之比"),
        moments=AT_CLOSING,
        personal="handler" in key,
    )


def shrunk(total: nw.Expr, count: nw.Expr, prior: nw.Expr) -> nw.Expr:
    """The mean of `count` values, drawn towards the prior as if by `PRIOR_CASES` more."""
    return (total + PRIOR_CASES * prior) / (count + PRIOR_CASES)


def shrunk_to_office(
    found: nw.Expr, reviewed: nw.Expr, office_found: nw.Expr, office_reviewed: nw.Expr
) -> nw.Expr:
    """A defect rate drawn towards the office's; null before its first review is known."""
    return shrunk(found, reviewed, ratio(office_found, office_reviewed))


def usual_days(
    seconds: nw.Expr, finished: nw.Expr, office_seconds: nw.Expr, office_finished: nw.Expr
) -> nw.Expr:
    """A mean duration drawn towards the office's; null before the first closing."""
    return shrunk(seconds, finished, ratio(office_seconds, office_finished)) / 86_400


def days_against_usual(opened: nw.Expr, moment: nw.Expr, *usual: nw.Expr) -> nw.Expr:
    """Days open by the moment over the usual days."""
    return ratio(days(lasting(opened, moment)), usual_days(*usual))


def alike(office: Office, key: tuple[str, ...]) -> tuple[str, str]:
    """What the similar cases share, in English and Chinese."""
    meanings = [
        BUILT_IN[part] if part in BUILT_IN else office.attributes[part].meaning for part in key
    ]
    en = " and ".join(meaning.say("en") for meaning in meanings)
    zh = "、".join(meaning.say("zh") for meaning in meanings)
    return f"cases of the same {en}", f"同{zh}案件"


def _moments(office: Office, key: tuple[str, ...]) -> frozenset[str]:
    early = all(known_when(office, column) == INTAKE for column in key)
    return AT_INTAKE_AND_CLOSING if early else AT_CLOSING
