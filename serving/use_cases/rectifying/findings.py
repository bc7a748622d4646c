"""What reviews found, one finding for each dimension of a case, and how each stands today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import polars as pl

from cases.errors import Refused
from cases.language.messages import _
from cases.office.model import Office, Rectification
from cases.office.reviews import CONSOLIDATED, FIRST, SECOND, Reading
from cases.tables.tables import Tables, rows
from cases.tables.values import listed
from features.as_of import final_reviews
from features.grades import counting, of_last_closing
from policies.rectification import ENDED, Days, Standing, State
from serving.access.caller import Caller, Scope, graded_scopes
from serving.use_cases.context import ServiceContext
from serving.work.deciding import Overridden
from serving.work.rectifying import Course, FindingKey
from serving.work.reviewing import Begun, Reviewing
from serving.work.work import Work

NOT_FOLLOWED = _(
    "This office does not follow what becomes of findings. A section [rectification] in the office "
    "file begins it."
)

Key = tuple[str | None, str, Reading]  # plan, case and reading
Made = tuple[str | None, str]  # reviewer and reading, as a review names it


@dataclass(frozen=True)
class Finding:
    """A dimension in which the grade that counts finds a case wanting.

    `finder` is its reviewer, None where nobody alone; `handled_by` are all who handled the case.
    """

    key: FindingKey
    found_on: date
    grade: str
    finder: str | None
    kind: str | None
    unit: str | None
    handler: str | None
    handled_by: frozenset[str]


@dataclass(frozen=True)
class Followed:
    """A finding, what was done about it, and how it stands today."""

    finding: Finding
    course: Course
    days: Days
    today: date

    @property
    def key(self) -> FindingKey:
        """By which it is known."""
        return self.finding.key

    @property
    def standing(self) -> Standing:
        """How it stands after what was done."""
        return self.course.standing

    @cached_property
    def state(self) -> State:
        """How it stands today."""
        return self.days.state(self.standing, self.today)

    @cached_property
    def due(self) -> date | None:
        """By which day the next step is to be made."""
        return self.days.due(self.standing, self.today)

    @property
    def is_overdue(self) -> bool:
        """Whether that day is past."""
        return self.days.is_overdue(self.standing, self.today)

    @property
    def is_due_soon(self) -> bool:
        """Whether it has come or comes soon."""
        return self.days.is_due_soon(self.standing, self.today)

    @property
    def is_to_remind(self) -> bool:
        """Whether the owner of its measure is to be reminded now."""
        return self.days.is_to_remind(self.standing, self.today)

    @property
    def has_ended(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.state in ENDED


def terms_of(office: Office) -> Rectification:
    """How the office follows findings; `Refused` if it does not."""
    if office.rectification is None:
        raise Refused(NOT_FOLLOWED)
    return office.rectification


def findings(context: ServiceContext, today: date) -> list[Followed]:
    """All findings of the whole office as of `today`, those to be dealt with first in front.

    What the reviews found is computed once for the same tables.
    """
    return follow(_kept(context), context.tables, context.remembered.work, today)


def _kept(context: ServiceContext) -> tuple[Finding, ...]:
    return context.kept("findings", lambda: found_in(context.tables))


def follow(found: Iterable[Finding], tables: Tables, work: Work, today: date) -> list[Followed]:
    """How these findings stand, those to be dealt with first in front.

    None of a case that is still to be read a second time, without the first one's grade, nor of one
    whose two grades differ, until a grade is made of them.
    """
    terms, waiting = terms_of(tables.office), _unsettled(tables, work)
    followed = (
        Followed(one, work.rectifying.of(one.key), Days(one.found_on, terms), today)
        for one in found
        if one.key.case_id not in waiting
    )
    return sorted(followed, key=_order)


def _order(one: Followed) -> tuple[date, str, str]:
    return one.due or date.max, one.key.case_id, one.key.dimension


def seen_by(context: ServiceContext, caller: Caller, today: date) -> list[Followed]:
    """Of the findings those of cases whose grades this caller learns, and those that they own."""
    return _seen(caller, findings(context, today))


def seen_one(
    context: ServiceContext, caller: Caller, today: date, key: FindingKey
) -> Followed | None:
    """The finding of this key; None if there is none that this caller sees."""
    named = [one for one in _kept(context) if one.key == key]
    followed = follow(named, context.tables, context.remembered.work, today)
    return next(iter(_seen(caller, followed)), None)


def _seen(caller: Caller, several: list[Followed]) -> list[Followed]:
    mine = frozenset[str]().union(*(cases_in(one, several) for one in graded_scopes(caller)))
    return [one for one in several if one.key.case_id in mine or _owns(caller, one)]


def cases_in(scope: Scope | None, several: Sequence[Followed]) -> frozenset[str]:
    """The cases of these findings that are in a scope."""
    ids = frozenset(one.key.case_id for one in several)
    if scope is None:
        return ids
    about = [(one.key.case_id, one.finding.unit, one.finding.handler) for one in several]
    columns = dict.fromkeys(("case_id", "unit", "handler"), pl.String())
    return frozenset(scope.of(pl.DataFrame(about, columns, orient="row"))["case_id"])


def _owns(caller: Caller, one: Followed) -> bool:
    return caller.person is not None and one.standing.owner == caller.person


def _unsettled(tables: Tables, work: Work) -> frozenset[str]:
    """The cases to be read twice of which a reading is not made, or whose two grades differ."""
    reviewing = work.reviewing
    readers = _readers(reviewing)
    twice = {case_id for _plan, case_id, reading in readers if reading == SECOND}
    if not twice:
        return frozenset()
    reviews = tables.of_cases("reviews", twice)
    named = reviews.with_columns(pl.col("reading").fill_null(FIRST))
    made = defaultdict[str, list[Made]](list)
    for case_id, *one in named.select("case_id", "reviewer", "reading").iter_rows():
        made[case_id].append((one[0], one[1]))
    read = {
        reading: dict(named.filter(reading=reading).select("case_id", "grade").iter_rows())
        for reading in (FIRST, SECOND, CONSOLIDATED)
    }
    differ = {
        case_id
        for case_id, grade in read[SECOND].items()
        if read[FIRST].get(case_id, grade) != grade and case_id not in read[CONSOLIDATED]
    }
    out = {
        case_id
        for (_plan, case_id), one in work.deciding.overridden.items()
        if isinstance(one.step, Overridden) and one.step.decided == "left_out"
    }
    unread = {
        key[1]
        for key, reader in readers.items()
        if key not in reviewing.waived and not _is_made(reviewing, key, reader, made[key[1]])
    }
    return frozenset(differ | (unread & twice)) - out


def _is_made(reviewing: Reviewing, key: Key, reader: str | None, made: Sequence[Made]) -> bool:
    """Whether a reading is among the reviews `made` of its case.

    That of who has it, by whatever name; one that nobody has, by who had it or by its name.
    """
    plan, case_id, reading = key
    if reader is not None:
        return any(who == reader for who, _named in made)
    own = reviewing.own(plan, case_id)
    return any(own.get(who or "", named) == reading for who, named in made)


def _readers(reviewing: Reviewing) -> dict[Key, str | None]:
    """Who has each reading that was given to somebody, and each second one; None: nobody."""
    begun = [(plan, one.step) for plan, one in reviewing.plans.items()]
    second = {
        (plan, case_id, SECOND): None
        for plan, step in begun
        if isinstance(step, Begun)
        for case_id in step.twice
    }
    given = reviewing.readings.select("plan", "case_id", "reading", "reviewer").iter_rows()
    return second | {(plan, case_id, reading): reader for plan, case_id, reading, reader in given}


def found_in(tables: Tables) -> tuple[Finding, ...]:
    """What the reviews found, from the day on from which the office follows that."""
    return tuple(_found(tables, terms_of(tables.office).since))


def _found(tables: Tables, since: date) -> Iterator[Finding]:
    office = tables.office
    is_defect = pl.col("grade").is_in(sorted(office.defect_grades))
    named = listed(pl.col("dimensions"), office.present_dimensions).fill_null([])
    unnamed = pl.when(is_defect).then(pl.lit([""])).otherwise(pl.lit([], pl.List(pl.String())))
    wanting = (
        _counting(tables)
        .filter(pl.col("reviewed_at").dt.date() >= since)
        .with_columns(dimension=pl.when(named.list.len() > 0).then(named).otherwise(unnamed))
        .filter(pl.col("dimension").list.len() > 0)
        .explode("dimension")
    )
    ids = wanting["case_id"].unique(maintain_order=True)
    cases = tables.of_cases("cases", ids).select("case_id", "closed_at", "kind", "unit", "handler")
    of_case = _handlers(tables, cases)
    about = wanting.drop("kind").join(cases, on="case_id", maintain_order="left")
    for row in about.iter_rows(named=True):
        closed: datetime | None = row["closed_at"]
        key = FindingKey(row["case_id"], closed.date() if closed else None, row["dimension"])
        yield Finding(
            key,
            row["reviewed_at"].date(),
            row["grade"],
            finder=row["reviewer"],
            kind=row["kind"],
            unit=row["unit"],
            handler=row["handler"],
            handled_by=of_case[row["case_id"]],
        )


def _counting(tables: Tables) -> pl.DataFrame:
    """Of each case the review whose grade counts."""
    final = of_last_closing(rows(final_reviews(tables, datetime.max)), tables.case_rows)
    return counting(final, ties=())


def _handlers(tables: Tables, cases: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Of each case all who handle or handled it."""
    actors = tables.of_cases("events", cases["case_id"]).select("case_id", person="actor")
    people = pl.concat([cases.select("case_id", person="handler"), actors]).drop_nulls().unique()
    by_case = {case_id: frozenset[str]() for case_id in cases["case_id"]}
    grouped = people.group_by("case_id").agg("person")
    return by_case | {case_id: frozenset(several) for case_id, several in grouped.iter_rows()}
