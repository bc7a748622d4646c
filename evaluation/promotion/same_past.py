"""What a model learnt from, kept with it, and whether the tables still say the same.

A feature at a moment never changes with later data, and an outcome that was final stays. So the
cases that a champion learnt from must stand in the tables of the next training as they stood in
its own. Where they do not, the past was changed: outcomes turned, codes exchanged, events lost.
No comparison on later cases can see that, since it is made on the same tables.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from cases.errors import BadInput
from cases.files import made_folder, replaced
from cases.language.messages import Sayable, _, listed, sentences
from cases.office.model import Office
from cases.tables.tables import Tables
from evaluation.drift.drift import own_features
from evaluation.proxies.words import called
from models.bundle.bundle import Bundle
from training.labels import judged_labels
from training.once import opened_table, reviewed_table

FOLDER = "learnt"
KEYS = ["case_id", "moment"]
MOST = 0.02  # of the cases; so many may be gone, or differ in their outcome or in any one fact
CLOSE = 1e-9  # of a real number; two builds may differ in the last digits
NOW = " now"


@dataclass(frozen=True)
class Changes:
    """Of `cases` that a champion learnt from: how many are `gone`, or have another outcome.

    `facts` counts, by feature, those that have another value of it.
    """

    cases: int
    gone: int
    outcomes: int
    facts: Mapping[str, int]

    @property
    def too_many(self) -> bool:
        """Whether more than `MOST` of the cases differ in any one respect."""
        return max(self.gone, self.outcomes, *self.facts.values(), 0) > MOST * self.cases

    def says(self, office: Office) -> Sayable:
        """How many differ, in which respects; of facts the one that most have changed in."""
        return _(
            "Of the {cases:,} cases that the champion learnt from, {differ} (at most {most:.0%} "
            "may differ in any one respect).",
            cases=self.cases,
            differ=listed(self._parts(office)),
            most=MOST,
        )

    def _parts(self, office: Office) -> Iterator[Sayable]:
        if self.gone:
            yield _("{gone:,} are gone or of another date", gone=self.gone)
        if self.outcomes:
            yield _("{outcomes:,} have another outcome", outcomes=self.outcomes)
        if self.facts:
            name = max(self.facts, key=lambda one: self.facts[one])
            (fact,) = called(office, [name])
            yield _("{changed:,} have another value of {fact}", changed=self.facts[name], fact=fact)


def refusal(changes: Changes, office: Office) -> Sayable:
    """Why a candidate of a changed past is refused, and what to try."""
    remedy = _(
        "The past was changed since. What to try: find out what changed it, and put it back. If "
        "the change is right, say why: `triage train OFFICE --corrected REASON`."
    )
    return sentences(changes.says(office), remedy)


def accepted(changes: Changes, office: Office, reason: str) -> Sayable:
    """That a past was changed, and why this is right."""
    why = _("The past was corrected: {reason}", reason=reason)
    return sentences(changes.says(office), why)


NOT_KEPT = _(
    "What the champion learnt from was not kept, so it cannot be said whether the past was changed "
    "since."
)


def learnt_from(tables: Tables, bundle: Bundle, until: datetime) -> pl.DataFrame:
    """`case_id, moment, y` and the facts of its own that the bundle reads of each case.

    The cases are those it learnt from, as the tables have them, with features built for all cases
    known by `until`. Quantities of other cases are left out: one change there moves many. The
    bundle must be judged by an outcome.
    """
    code = str(bundle.judged)
    known = judged_labels(tables, code, datetime.fromisoformat(bundle.about["trained_until"]))
    x = (reviewed_table if code == "risk" else opened_table)(tables, until)
    names = own_features(tables.office, bundle.questions[code].names)
    return known.select(*KEYS, "y").join(x.select(*KEYS, *names), on=KEYS).sort(KEYS)


def keep(home: Path, tables: Tables, bundle: Bundle) -> None:
    """Keep what the bundle learnt from; where it cannot be kept, the next verdict says so."""
    if bundle.judged is None:
        return
    until = datetime.fromisoformat(bundle.about["trained_until"])
    frame, target = learnt_from(tables, bundle, until), _file(home, bundle)
    with contextlib.suppress(BadInput):
        made_folder(target.parent)
        replaced(target, frame.write_parquet)


def kept(home: Path, bundle: Bundle) -> pl.DataFrame | None:
    """What the bundle learnt from; None where that was not kept."""
    try:
        return pl.read_parquet(_file(home, bundle))
    except (OSError, pl.exceptions.PolarsError):
        return None


def _file(home: Path, bundle: Bundle) -> Path:
    return home / FOLDER / f"{bundle.content_hash}.parquet"


def changes(then: pl.DataFrame, now: pl.DataFrame) -> Changes:
    """How `now` differs from what `then` was learnt from; both as of `learnt_from`.

    Cases that only `now` has are no change: a result may come in late.
    """
    both = then.join(now, on=KEYS, suffix=NOW)
    names = [name for name in then.columns if name not in KEYS and name + NOW in both.columns]
    counted = both.select(_differs(both, name).sum().alias(name) for name in names)
    differ = dict(zip(names, counted.row(0), strict=True)) if names else {}
    outcomes = int(differ.pop("y", 0))
    facts = {name: int(count) for name, count in differ.items() if count}
    return Changes(then.height, then.height - both.height, outcomes, facts)


def _differs(both: pl.DataFrame, name: str) -> pl.Expr:
    old, new = pl.col(name), pl.col(name + NOW)
    if not both.schema[name].is_float():
        return old.ne_missing(new)
    far = (old - new).abs() > CLOSE * pl.max_horizontal(old.abs(), pl.lit(1.0))
    return far.fill_null(value=False) | (old.is_null() != new.is_null())
