"""The proxy check: do the features of the risk model tell who handled or reviewed a case?

A model that is not given the handler finds that person again if a feature stands in for them: a
chamber that sits on Tuesdays, a unit with its own form. Then risks are those of persons. The
check learns who it was from the features of the earlier reviewed cases, and tries that on
the later ones, only between cases of the same kind (and of the same unit, where the model is
given the unit: then it is no stand-in). What the model is given openly is not looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from cases.progress import Progress, silent
from cases.tables.tables import Tables, moments_of, rows
from evaluation.proxies.telling_apart import Classifier, told_right
from evaluation.statistics.metrics import Figure
from features.as_of import final_reviews
from features.build import build
from features.grades import counting
from training.labels import reviewed_moments

PEOPLE = ("handler", "unit", "reviewer")
MOST_CASES = 4_000  # the latest; more would only cost time
MOST_CLASSES = 12  # the handlers (units, reviewers) with the most cases
FEWEST_EARLIER, FEWEST_LATER = 20, 10  # cases of one of them
EARLIER = 2 / 3  # share of the cases that is learnt from
STRONG = 0.75  # of pairs told right, by the lower bound; then people must be warned
TRIED = 8  # features that are mixed up in turn, those that gained most
NAMED = 3  # of them at most are named
DOING = 0.1  # of what is told beyond chance, lost when a feature is mixed up; less is not named


@dataclass(frozen=True)
class Proxies:
    """How well the features tell the `people` (one of `PEOPLE`) apart, and which do most.

    `told` is the share of pairs told right over the later cases of `classes` of them; without a
    value where there are too few, or where the model is `given` the people themselves.
    `features` are the names of those that do most, the first the most.
    """

    people: str
    classes: int
    told: Figure
    features: tuple[str, ...] = ()
    given: bool = False

    @property
    def strong(self) -> bool:
        """Whether they are told apart so well that risks may be theirs, not the cases'."""
        return self.told.surely_above(STRONG)


def find_proxies(
    tables: Tables, until: datetime, names: Sequence[str], progress: Progress = silent
) -> tuple[Proxies, ...]:
    """The check of the features `names` of a risk model, on the cases reviewed by `until`.

    One for each of `PEOPLE` that the tables record.
    """
    cases = _cases(tables, until)
    x = rows(build(tables, moments_of(cases.select("case_id", "moment")), list(names), progress))
    cases = cases.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    recorded = [people for people in PEOPLE if cases[people].null_count() < cases.height]
    given = [people for people in PEOPLE if f"attribute.{people}" in names]
    return tuple(
        Proxies(people, 0, Figure.of_few(0), given=True)
        if people in given
        else told_apart(cases, people, names, ("kind", *given))
        for people in recorded
    )


def _cases(tables: Tables, until: datetime) -> pl.DataFrame:
    """The latest reviewed cases: `case_id, moment, kind, unit, handler, reviewer`."""
    first = counting(rows(final_reviews(tables, until))).select("case_id", "reviewer")
    facts = rows(tables.cases.select("case_id", "kind", "unit", "handler"))
    reviewed = rows(reviewed_moments(tables, until)).join(first, on="case_id")
    return reviewed.join(facts, on="case_id").sort("moment", "case_id").tail(MOST_CASES)


def told_apart(
    cases: pl.DataFrame, people: str, names: Sequence[str], same: Sequence[str]
) -> Proxies:
    """How well the `people` of `cases` (in order of time) are told apart by the features `names`.

    Only cases that agree in the columns `same` are compared.
    """
    earlier = pl.int_range(pl.len()) < round(EARLIER * cases.height)
    split = cases.with_columns(
        earlier=earlier, stratum=pl.struct(same).rank("dense").cast(pl.Int64)
    ).drop_nulls(people)
    known = _classes(split, people)
    if len(known) <= 1:
        return Proxies(people, len(known), Figure.of_few(split.height))
    position = pl.col(people).replace_strict(known, range(len(known)), return_dtype=pl.Int64)
    split = split.filter(pl.col(people).is_in(known)).with_columns(person=position)
    learnt, later = split.filter("earlier"), split.filter(~pl.col("earlier"))
    classifier = Classifier.fit(learnt, names, learnt["person"].to_numpy())
    told = _told(classifier, later)
    return Proxies(people, len(known), told, tuple(_doing_most(classifier, later, told, same)))


def _classes(split: pl.DataFrame, people: str) -> list[str]:
    """Those with enough earlier and later cases, of these the ones with the most."""
    counts = split.group_by(people).agg(
        pl.col("earlier").sum(), later=pl.len() - pl.col("earlier").sum()
    )
    enough = counts.filter(pl.col("earlier") >= FEWEST_EARLIER, pl.col("later") >= FEWEST_LATER)
    return enough.sort("earlier", people, descending=[True, False])[people][:MOST_CLASSES].to_list()


def _told(classifier: Classifier, later: pl.DataFrame) -> Figure:
    scores = classifier.scores(later)
    return told_right(scores, later["person"].to_numpy(), later["stratum"].to_numpy())


def _doing_most(
    classifier: Classifier, later: pl.DataFrame, told: Figure, same: Sequence[str]
) -> Iterator[str]:
    """The features without whose values clearly fewer pairs are told right, the first the most.

    A feature is mixed up between the later cases (Breiman 2001), one at a time: of two that say
    the same neither may show.
    """
    if told.value is None or not told.surely_above(0.5):
        return
    order = np.random.default_rng(0).permutation(later.height)
    tried = [
        name for name in classifier.most_used(TRIED) if name.removeprefix("attribute.") not in same
    ]
    mixed = {
        name: _told(classifier, later.with_columns(later[name].gather(order))).value or 0.0
        for name in tried
    }
    for name in sorted(tried, key=lambda name: mixed[name])[:NAMED]:
        if told.value - mixed[name] >= DOING * (told.value - 0.5):
            yield name


def as_kept(found: Iterable[Proxies]) -> list[dict[str, Any]]:
    """What a bundle keeps (JSON values), for `from_kept`."""
    return [asdict(one) for one in found]


def from_kept(about: Mapping[str, Any]) -> tuple[Proxies, ...] | None:
    """What the check found when the bundle that says this of itself was trained; None: no check."""
    kept = about.get("proxies")
    if kept is None:
        return None
    return tuple(
        Proxies(**one | {"told": Figure(**one["told"]), "features": tuple(one["features"])})
        for one in kept
    )
