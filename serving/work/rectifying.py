"""Rectifying: what became of each finding, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field

from cases.language.messages import Sayable, _
from policies.rectification import Move, Standing, is_checked
from serving.work.step import Step, Taken

LONGEST_TEXT = 4_000  # letters
LONGEST_NAME = 200
Said = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]


class FindingKey(NamedTuple):
    """A dimension (empty: none was named) of a case that was closed on a day (None: not closed).

    A case that is opened again and closed another day has findings of its own then.
    """

    case_id: str
    closed_on: date | None
    dimension: str


class OfFinding(Step):
    """A step with a finding; `day` is that of the office's calendar on which it was taken."""

    case_id: Name
    closed_on: date | None
    dimension: Name
    day: date

    @property
    def key(self) -> FindingKey:
        """The finding."""
        return FindingKey(self.case_id, self.closed_on, self.dimension)

    @property
    def move(self) -> Move:
        """What it does with the finding."""
        raise NotImplementedError

    def onto(self, standing: Standing, _taken: Taken) -> Standing:
        """How the finding stands after it; the same where it does not fit any more."""
        return standing.moved(self.move)


class Answered(OfFinding):
    """What the handler says to a finding, with which they agree or not."""

    code: ClassVar[str] = "finding_answered"
    says: ClassVar[Sayable] = _("a finding was answered")
    agrees: bool
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""

    @property
    def move(self) -> Move:
        """Agreed, or answered."""
        return Move.ACCEPT if self.agrees else Move.ANSWER


class Decided(OfFinding):
    """Whether a finding stands, and why."""

    code: ClassVar[str] = "finding_decided"
    says: ClassVar[Sayable] = _("it was decided whether a finding stands")
    upheld: bool
    text: Said

    @property
    def move(self) -> Move:
        """Upheld or withdrawn."""
        return Move.UPHOLD if self.upheld else Move.WITHDRAW


class Planned(OfFinding):
    """Who (by the name in the office's tables) is to do what by when."""

    code: ClassVar[str] = "measure_planned"
    says: ClassVar[Sayable] = _("a finding was given an owner, a measure and a date")
    owner: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    measure: Said
    due: date

    @property
    def move(self) -> Move:
        """Planned."""
        return Move.PLAN

    def onto(self, standing: Standing, _taken: Taken) -> Standing:
        """With this owner and date."""
        return replace(standing.moved(self.move), owner=self.owner, due=self.due)


class Reminded(OfFinding):
    """That the owner of a measure was reminded of this day."""

    code: ClassVar[str] = "measure_reminded"
    says: ClassVar[Sayable] = _("the owner of a measure was reminded")
    due: date

    @property
    def move(self) -> Move:
        """Reminded."""
        return Move.REMIND

    def onto(self, standing: Standing, _taken: Taken) -> Standing:
        """Reminded of the day of the measure; of an earlier one it changes nothing."""
        return standing.reminded_of(self.due)


class Finished(OfFinding):
    """That a measure is done, and what was done; it is checked with this probability."""

    code: ClassVar[str] = "measure_finished"
    says: ClassVar[Sayable] = _("a measure was said to be done")
    text: Said
    check_share: Annotated[float, Field(ge=0, le=1)]

    @property
    def move(self) -> Move:
        """Finished."""
        return Move.FINISH

    def onto(self, standing: Standing, taken: Taken) -> Standing:
        """To be checked, or closed: as the hash of its record draws."""
        done = replace(standing.moved(self.move), done_by=taken.by, done_on=self.day)
        checked = is_checked(standing, self.check_share, taken.hash, self.case_id)
        return done if checked else done.moved(Move.PASS)


class Checked(OfFinding):
    """What somebody else found of a measure that was said to be done."""

    code: ClassVar[str] = "measure_checked"
    says: ClassVar[Sayable] = _("a measure was checked")
    passed: bool
    text: Said

    @property
    def move(self) -> Move:
        """Passed, or opened again."""
        return Move.PASS if self.passed else Move.REOPEN

    def onto(self, standing: Standing, taken: Taken) -> Standing:
        """Closed, or without a date again; nobody checks what they said was done."""
        if taken.by == standing.done_by:
            return standing
        return standing.moved(self.move) if self.passed else standing.again()


@dataclass(frozen=True)
class Course:
    """How a finding stands, and the steps that counted, in order."""

    standing: Standing = field(default_factory=Standing)
    taken: tuple[Taken, ...] = ()

    def after(self, one: Taken) -> Course:
        """After a step of this finding."""
        step = one.step
        if not isinstance(step, OfFinding) or not self.standing.fits(step.move):
            return self
        standing = step.onto(self.standing, one)
        return self if standing == self.standing else Course(standing, (*self.taken, one))

    def last(self, *kinds: type[OfFinding]) -> Taken | None:
        """The last step of one of these kinds."""
        return next((one for one in reversed(self.taken) if isinstance(one.step, kinds)), None)


NOTHING_DONE = Course()


@dataclass(frozen=True)
class Rectifying:
    """What became of findings: those about which something was done, by key."""

    steps: ClassVar[tuple[type[Step], ...]] = (
        *(Answered, Decided, Planned, Reminded, Finished, Checked),
    )

    courses: Mapping[FindingKey, Course] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, key: FindingKey) -> Course:
        """What was done about a finding."""
        return self.courses.get(key, NOTHING_DONE)

    def after(self, taken: Sequence[Taken]) -> Rectifying:
        """How it stands after these steps."""
        courses = dict(self.courses)
        for one in taken:
            if isinstance(one.step, OfFinding):
                before = courses.get(one.step.key, NOTHING_DONE)
                courses[one.step.key] = before.after(one)
        return Rectifying(courses) if taken else self
