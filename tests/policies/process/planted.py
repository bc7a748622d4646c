"""Made-up cases in which rules of the process are broken on purpose, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

import polars as pl

from cases.office.model import Office
from cases.tables.tables import EVENTS, Tables, case_columns
from tests.factories.office import office

FIRST, AS_OF = datetime(2026, 1, 5, 9), datetime(2026, 7, 1, 12)
NEW_LAW = datetime(2026, 3, 1)
NAMES = (
    *("accepted", "rights_told", "interrogated", "drafted", "signed", "decided", "served"),
    *("charged", "dropped", "returned", "resubmitted", "witness_heard", "filed"),
)
RULES: list[dict[str, Any]] = [
    {
        "code": "told_first",
        "rule": "must_happen",
        "activity": "rights_told",
        "before": "interrogated",
    },
    {"code": "filed", "rule": "must_happen", "activity": "filed"},
    {"code": "draft_signed", "rule": "must_precede", "activity": "drafted", "before": "signed"},
    {"code": "served_soon", "rule": "within", "activity": "served", "after": "decided", "days": 10},
    {
        "code": "decided_in_time",
        "rule": "within",
        "activity": "decided",
        "after": "opened",
        "days": 60,
    },
    {"code": "nothing_after", "rule": "not_after", "activity": "interrogated", "after": "decided"},
    {"code": "one_outcome", "rule": "exclusive", "activities": ["charged", "dropped"]},
    {"code": "two_returns", "rule": "at_most", "activity": "returned", "times": 2},
    {"code": "by_chief", "rule": "by", "activity": "signed", "role": "chief"},
    {"code": "two_people", "rule": "by", "activity": "signed", "other_than": "drafted"},
    {"code": "entered_soon", "rule": "recorded_within", "days": 3},
    {"code": "by_night", "rule": "bulk", "entries": 6, "minutes": 30},
    {
        "code": "witness",
        "rule": "must_happen",
        "activity": "witness_heard",
        "before": "decided",
        "kinds": ["assault"],
        "when": [{"attribute": "suspects", "at_least": 2}],
        "valid_from": NEW_LAW.date(),
    },
]


class Step(NamedTuple):
    """Something that happened."""

    activity: str
    at: datetime
    recorded_at: datetime
    actor: str

    def moved(self, by: timedelta) -> Step:
        """The same at another time."""
        return self._replace(at=self.at + by, recorded_at=self.recorded_at + by)


@dataclass
class Case:
    """A case as it is made up."""

    case_id: str
    opened_at: datetime
    kind: str
    suspects: int
    closed_at: datetime | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def closing(self) -> datetime:
        """When it was closed, of a case that was."""
        assert self.closed_at is not None
        return self.closed_at

    @property
    def needs_witness(self) -> bool:
        """Whether the new law asks for a witness."""
        new = self.first("decided").at >= NEW_LAW
        return self.kind == "assault" and self.suspects >= 2 and new

    def has(self, activity: str) -> bool:
        """Whether something happened."""
        return any(one.activity == activity for one in self.steps)

    def add(self, activity: str, at: datetime, actor: str, entered: datetime | None = None) -> None:
        """One more step, entered at once unless it is said when; its time of day is known."""
        at += timedelta(seconds=1)  # midnight would be the day alone
        self.steps.append(Step(activity, at, entered or at, actor))

    def first(self, activity: str) -> Step:
        """The first step of an activity."""
        return min((one for one in self.steps if one.activity == activity), key=lambda one: one.at)

    def last(self, activity: str) -> Step:
        """The last step of an activity."""
        return max((one for one in self.steps if one.activity == activity), key=lambda one: one.at)

    def without(self, activity: str) -> None:
        """Take an activity out."""
        self.steps = [one for one in self.steps if one.activity != activity]

    def replaced(self, step: Step, **changes: Any) -> None:
        """Change one step."""
        self.steps[self.steps.index(step)] = step._replace(**changes)


def planted_office() -> Office:
    """The office whose rules are broken."""
    named = {name: {"meaning": {"en": name.replace("_", " ")}} for name in NAMES}
    process = [{"meaning": {"en": rule["code"]}, **rule} for rule in RULES]
    roles = {"chief": {"meaning": {"en": "chief"}, "actors": ["chief_*"]}}
    return office(activities=named, roles=roles, process=process)


def clean_case(number: int, random: Random) -> Case:
    """A case that breaks nothing, though often only just: on the last day, a return too few."""
    opened = FIRST + timedelta(days=random.randrange(100), hours=random.randrange(8))
    kind, suspects = random.choice(["theft", "assault"]), random.randint(1, 3)
    case = Case(f"c{number:05d}", opened, kind, suspects)
    clerk, drafter, chief = (f"{who}_{number // 10}" for who in ("clerk", "pros", "chief"))
    at = opened

    def later(days: int) -> datetime:
        nonlocal at
        at += timedelta(days=random.randint(0, days), minutes=random.randint(1, 600))
        return at

    case.add("accepted", later(0), clerk)
    case.add("rights_told", later(5), drafter)
    for _time in range(random.randint(1, 2)):
        case.add("interrogated", later(5), drafter)
    case.add("witness_heard", later(5), drafter)
    for _return in range(random.choice([0, 0, 1, 2])):
        case.add("returned", later(1), drafter)
        case.add("resubmitted", later(4), clerk)
    for _round in range(random.randint(1, 2)):
        for _draft in range(random.randint(1, 2)):
            case.add("drafted", later(2), drafter)
        case.add("signed", later(2), chief)
    on_the_last = opened + timedelta(days=60)
    at = max(at, random.choice([at, on_the_last])).replace(hour=23, minute=59)
    case.add("decided", at, drafter)
    served = datetime.combine(at + timedelta(days=random.choice([2, 10])), time(1, 30))
    case.add(random.choice(["charged", "dropped"]), later(0), drafter)
    case.add("served", served, clerk)
    case.add("filed", served + timedelta(hours=1), clerk)
    if random.random() < 0.6:
        case.closed_at = served + timedelta(hours=2)
    case.steps = [_entered(step, random) for step in case.steps]
    if not case.needs_witness and random.random() < 0.5:
        case.without("witness_heard")
    return case


def _entered(step: Step, random: Random) -> Step:
    """Entered at once, or up to three days later."""
    day = step.at.date() + timedelta(days=random.choice([0, 0, 0, 1, 3]))
    entered = datetime.combine(day, time(random.randint(8, 17), random.randrange(60)))
    return step._replace(recorded_at=max(step.at, entered))


def scrambled_case(number: int, random: Random) -> Case:
    """A case in which anything may follow anything, done by anybody: most rules are broken."""
    case = clean_case(number, random)
    minutes = random.sample(range(80 * 24 * 60), random.randint(4, 14))
    steps = [(random.choice(NAMES), minute) for minute in [0, *sorted(minutes)]]
    if not any(name == "decided" for name, _minute in steps):
        steps.append(("decided", 80 * 24 * 60))
    case.steps = []
    for name, minute in steps:
        at = case.opened_at + timedelta(minutes=minute)
        who = random.choice(["clerk_1", "pros_1", "pros_2", "chief_1", "chief_2"])
        case.add(name, at, who, at + timedelta(days=random.randint(0, 5)))
    return case


def rights_never_told(case: Case) -> None:
    """A missing step."""
    case.without("rights_told")


def rights_told_after(case: Case) -> None:
    """A wrong order."""
    case.without("rights_told")
    case.add("rights_told", case.last("interrogated").at + timedelta(minutes=1), "pros_x")


def never_filed(case: Case) -> None:
    """A step missing when the case is closed."""
    case.without("filed")


def filed_after_closing(case: Case) -> None:
    """A step that the closing came before."""
    case.without("filed")
    case.add("filed", case.closing + timedelta(hours=1), "clerk_x")


def signed_before_drafted(case: Case) -> None:
    """Signed before there was a document."""
    first = case.first("signed").at
    case.steps = [one for one in case.steps if one.activity != "drafted" or one.at > first]
    case.add("drafted", first + timedelta(minutes=1), "pros_x")


def signed_once_more(case: Case) -> None:
    """Signed again, without a new document."""
    last = case.last("signed")
    case.add("signed", last.at + timedelta(minutes=1), last.actor)


def served_late(case: Case) -> None:
    """Late by a day."""
    case.without("served")
    day = case.first("decided").at + timedelta(days=11)
    case.add("served", datetime.combine(day, time(0, 30)), "clerk_x")


def never_served(case: Case) -> None:
    """Late, and still to come."""
    case.without("served")


def decided_late(case: Case) -> None:
    """Late by a day, with all that follows."""
    decided = case.first("decided").at
    by = datetime.combine(case.opened_at + timedelta(days=61), time(0, 30)) - decided
    case.steps = [one if one.at < decided else one.moved(by) for one in case.steps]
    case.closed_at = case.closed_at and case.closed_at + by


def interrogated_after(case: Case) -> None:
    """A step after the end."""
    case.add("interrogated", case.first("decided").at + timedelta(minutes=2), "pros_x")


def charged_and_dropped(case: Case) -> None:
    """Two outcomes."""
    outcomes = {one.activity for one in case.steps} & {"charged", "dropped"}
    (other,) = {"charged", "dropped"} - outcomes
    case.add(other, case.first("served").at, "pros_x")


def returned_three_times(case: Case) -> None:
    """Once too often."""
    done = [one for one in case.steps if one.activity == "returned"]
    for number in range(3 - len(done)):
        case.add("returned", case.first("accepted").at + timedelta(minutes=number), "pros_x")


def signed_by_a_deputy(case: Case) -> None:
    """By somebody without the role."""
    case.replaced(case.last("signed"), actor="deputy_chief_1")


def signed_by_the_drafter(case: Case) -> None:
    """By the person who should be checked."""
    case.replaced(case.first("drafted"), actor=case.first("signed").actor)


def entered_days_later(case: Case) -> None:
    """A day later than allowed."""
    step = case.first("interrogated")
    day = step.at + timedelta(days=4)
    case.replaced(step, recorded_at=datetime.combine(day, time(10)))


def witness_not_heard(case: Case) -> None:
    """A step that a new law asks of some cases."""
    case.without("witness_heard")


def entered_by_night(cases: Sequence[Case], actor: str) -> None:
    """Six entries in twenty-five minutes of the night, in one case or in several."""
    day = datetime.combine(FIRST + timedelta(days=150), time(14))
    for number in range(6):
        at = day + timedelta(minutes=number)
        entered = datetime.combine(day, time(22, 5 * number))
        cases[number % len(cases)].add("resubmitted", at, actor, entered)


@dataclass(frozen=True)
class Plant:
    """How a rule is broken, and in which cases it can be."""

    rule: str
    spoil: Callable[[Case], None]
    among: Callable[[Case], bool] = lambda _case: True


PLANTS = (
    Plant("told_first", rights_never_told),
    Plant("told_first", rights_told_after),
    Plant("filed", never_filed, lambda case: case.closed_at is not None),
    Plant("filed", filed_after_closing, lambda case: case.closed_at is not None),
    Plant("draft_signed", signed_before_drafted),
    Plant("draft_signed", signed_once_more),
    Plant("served_soon", served_late),
    Plant("served_soon", never_served),
    Plant("decided_in_time", decided_late, lambda case: case.has("witness_heard")),
    Plant("nothing_after", interrogated_after),
    Plant("one_outcome", charged_and_dropped),
    Plant("two_returns", returned_three_times),
    Plant("by_chief", signed_by_a_deputy),
    Plant("two_people", signed_by_the_drafter),
    Plant("entered_soon", entered_days_later),
    Plant("witness", witness_not_heard, lambda case: case.needs_witness),
)
IN_BULK = (1, 1, 1, 1, 1, 1, 3, 3)  # cases that each night of entries is spread over


@dataclass(frozen=True)
class Planted:
    """Tables in which rules are broken, and the truth: case and rule of every breach."""

    tables: Tables
    truth: frozenset[tuple[str, str]]


def planted(count: int, each: int = 12, seed: int = 1) -> Planted:
    """`count` cases, in `each` of which every plant stands; of nights there are twelve cases."""
    random = Random(seed)  # noqa: S311  no secret
    cases = [clean_case(number, random) for number in range(count)]
    free = random.sample(cases, count)
    truth: set[tuple[str, str]] = set()
    for plant in PLANTS:
        spoilt = [case for case in free if plant.among(case)][:each]
        assert len(spoilt) == each
        for case in spoilt:
            plant.spoil(case)
            free.remove(case)
            truth.add((case.case_id, plant.rule))
    for night, size in enumerate(IN_BULK):
        spoilt = [free.pop() for _case in range(size)]
        entered_by_night(spoilt, f"night_{night}")
        truth |= {(case.case_id, "by_night") for case in spoilt}
    return Planted(tables_of(cases, random), frozenset(truth))


def tables_of(cases: Sequence[Case], random: Random) -> Tables:
    """The tables of made-up cases, their events in any order."""
    of_office = planted_office()
    table = {
        "case_id": [case.case_id for case in cases],
        "opened_at": [case.opened_at for case in cases],
        "closed_at": [case.closed_at for case in cases],
        "kind": [case.kind for case in cases],
        "suspects": [float(case.suspects) for case in cases],
    }
    steps = [(case.case_id, *step) for case in cases for step in case.steps]
    random.shuffle(steps)
    names = ("case_id", "activity", "at", "recorded_at", "actor")
    events = dict(zip(names, zip(*steps, strict=True), strict=True)) | {
        "sequence": range(len(steps))
    }
    columns = case_columns(of_office)
    unknown = [
        pl.lit(None, kind).alias(name) for name, kind in columns.items() if name not in table
    ]
    frame = pl.DataFrame(table).with_columns(unknown).select(columns.keys())
    happened = pl.DataFrame(events).select(EVENTS.keys())
    return Tables.of(
        of_office, frame.cast(pl.Schema(columns)), events=happened.cast(pl.Schema(EVENTS))
    )
