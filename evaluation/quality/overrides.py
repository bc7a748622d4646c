"""Where people decided against a suggestion, and what the outcome was.

Decisions are counted, people are not: no handler is named and no reason is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.language.messages import Sayable, _, sentences
from cases.tables.specification.overrides import OVERRIDDEN
from cases.tables.tables import Tables, rows
from evaluation.statistics.metrics import FEWEST, Figure, wilson
from evaluation.statistics.saying import percent
from evaluation.surveys.returned import found, returned
from features.as_of import final_reviews
from policies.spot_check.verify import Kept
from training.labels import complexity_labels

KEYS = ["about", "suggested", "decided"]
EVEN = 0.5  # of tracks changed between two, the share right if suggestions were as good


@dataclass(frozen=True)
class Change:
    """Suggestions `about` the same thing that were changed alike, `times` in all.

    `outcome` is, of the cases whose outcome is known, the share that proved complex (tracks) or
    had a defect (cases reviewed against the list); there is none for handlers, whose codes are
    not shown either (`suggested` and `decided` are None), and for cases left out.
    """

    about: str
    suggested: str | None
    decided: str | None
    times: int
    outcome: Figure


@dataclass(frozen=True)
class Overrides:
    """What was overridden, how, and whether it helped.

    `right` is, of the tracks changed from simple to complex or back, the share that proved as
    decided; `drawn` the share of defects that reviews of the drawn cases found, to compare
    with that of the cases reviewed against the list. Shares have Wilson's interval and are withheld
    with fewer than `FEWEST` outcomes.
    """

    changes: tuple[Change, ...]
    right: Figure
    drawn: Figure
    says: Sayable


def overrides(tables: Tables, plans: Sequence[Kept], until: datetime) -> Overrides | None:
    """The overrides made by `until`, and their outcome as far as it is known then.

    Of several about the same of one case all are counted, and the last has an outcome.
    Complexity is that of `complexity_labels`, a defect what the first final review after the
    override found; `plans` are verified ones. None if no override is on record.
    """
    made = tables.override_rows.filter(pl.col("at") <= until)
    if made.is_empty():
        return None
    last = made.sort("at", maintain_order=True).unique(
        ["case_id", "about"], keep="last", maintain_order=True
    )
    known = pl.concat([_tracks(tables, last, until), _added(tables, last, until)])
    changes, drawn = tuple(_changes(made, known)), _share(_drawn(tables, plans, until))
    right = _share(_right(known))
    return Overrides(changes, right, drawn, _say(changes, right, drawn))


def _tracks(tables: Tables, last: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """`KEYS` and `y`, 1 for complex, of the tracks of cases old enough to have an outcome."""
    labels = complexity_labels(tables, until).select("case_id", pl.col("y").cast(pl.Float64))
    return last.filter(about="track").join(labels, on="case_id").select(*KEYS, "y")


def _added(tables: Tables, last: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """`KEYS` and `y`, 1 for a defect, of the cases reviewed against the list."""
    listed = last.filter(about="spot_check", decided="listed")
    reviews = rows(final_reviews(tables, until)).join(listed.select("case_id", "at"), on="case_id")
    results = found(tables.office, reviews.filter(pl.col("reviewed_at") >= pl.col("at")))
    return listed.join(results, on="case_id").select(*KEYS, y="defect")


def _drawn(tables: Tables, plans: Sequence[Kept], until: datetime) -> list[float]:
    """What reviews of the cases that plans drew found, 1 for a defect; each case once."""
    parts = [pl.DataFrame(schema={"case_id": pl.String(), "defect": pl.Float64()})]
    for kept in plans:
        results = returned(tables, kept.frame, until).select("case_id", "defect")
        parts.append(results.filter(pl.col("case_id").is_in(kept.listed)))
    cases = pl.concat(parts).unique("case_id", keep="first", maintain_order=True)
    return cases["defect"].to_list()


def _right(known: pl.DataFrame) -> list[float]:
    """Of the tracks changed between simple and complex, 1 where the case proved as decided."""
    either = pl.col("suggested", "decided").is_in(["simple", "complex"])
    changed = known.filter(pl.col("about") == "track", pl.all_horizontal(either))
    right = (pl.col("decided") == "complex") == (pl.col("y") == 1)
    return changed.select(right.cast(pl.Float64)).to_series().to_list()


def _changes(made: pl.DataFrame, known: pl.DataFrame) -> Iterator[Change]:
    named = pl.when(pl.col("about") != "handler").then(pl.col("suggested", "decided"))
    counted = made.with_columns(named).group_by(KEYS).len()
    outcomes = known.group_by(KEYS).agg("y")
    order = pl.col("about").cast(pl.Enum(list(OVERRIDDEN)))
    changes = counted.join(outcomes, on=KEYS, how="left").sort(order, *KEYS[1:])
    for about, suggested, decided, times, y in changes.iter_rows():
        yield Change(about, suggested, decided, times, _share(y or ()))


def _share(y: Sequence[float]) -> Figure:
    """The share of ones, withheld where there are few."""
    if 0 < len(y) < FEWEST:
        return Figure.withheld(len(y))
    return wilson(y)


def _say(changes: tuple[Change, ...], right: Figure, drawn: Figure) -> Sayable:
    return sentences(
        _say_counts(changes), *_say_tracks(changes, right), *_say_added(changes, drawn)
    )


def _say_counts(changes: tuple[Change, ...]) -> Sayable:
    track, handler, spot_check = (
        sum(change.times for change in changes if change.about == about) for about in OVERRIDDEN
    )
    return _(
        "Decisions against a suggestion: {total:,} (tracks {tracks:,}, handlers {handlers:,}, spot "
        "checks {spot_checks:,}).",
        total=track + handler + spot_check,
        tracks=track,
        handlers=handler,
        spot_checks=spot_check,
    )


def _say_tracks(changes: tuple[Change, ...], right: Figure) -> Iterator[Sayable]:
    """What became of the tracks that were changed, and whether they or suggestions were right."""
    if not any(change.about == "track" for change in changes):
        return
    up, down = _outcome(changes, "simple", "complex"), _outcome(changes, "complex", "simple")
    if up.value is not None:
        yield _(
            "Of those changed from simple to complex, {share} proved complex.", share=percent(up)
        )
    if down.value is not None:
        yield _(
            "Of those changed from complex to simple, {share} proved complex.", share=percent(down)
        )
    yield _say_right(right)


def _say_right(right: Figure) -> Sayable:
    if right.value is None:
        return _("Too few outcomes are known to say whether changes or suggestions were right.")
    share = percent(right)
    if right.surely_above(EVEN):
        return _(
            "The change was right, and the suggestion wrong, in {share}: changes were right more "
            "often than suggestions.",
            share=share,
        )
    if right.surely_below(EVEN):
        return _(
            "The change was right, and the suggestion wrong, in {share}: suggestions were right "
            "more often than changes.",
            share=share,
        )
    return _(
        "The change was right, and the suggestion wrong, in {share}: it is not known which of the "
        "two is right more often.",
        share=share,
    )


def _say_added(changes: tuple[Change, ...], drawn: Figure) -> Iterator[Sayable]:
    """What reviews against the list found, next to those of the drawn cases."""
    added = _outcome(changes, "left_out", "listed")
    if added.value is None:
        return
    yield _("Of the cases reviewed against the list, {share} had a defect.", share=percent(added))
    if drawn.value is not None:
        yield _("Of the drawn cases, {share} had a defect.", share=percent(drawn))


def _outcome(changes: tuple[Change, ...], suggested: str, decided: str) -> Figure:
    outcomes = (
        change.outcome
        for change in changes
        if (change.suggested, change.decided) == (suggested, decided)
    )
    return next(outcomes, Figure.withheld(0, "no_cases"))
