"""What somebody fills in about a finding, read into the step that it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from policies.rectification import Move
from serving.use_cases.rectifying.findings import Followed
from serving.work.rectifying import (
    LONGEST_TEXT,
    Answered,
    Checked,
    Decided,
    Finished,
    OfFinding,
    Planned,
)

LONGEST_AHEAD = timedelta(days=366)
EMPTY, WRITE = _("is empty."), _("Write a sentence or more.")
CHOOSE_ONE = _("Choose one of the answers.")
TEXT_NAMES: Mapping[str, Sayable] = {
    "answer_text": _("Why"),
    "decide_text": _("Reason"),
    "withdraw_text": _("Why the finding does not stand"),
    "measure": _("What is to be done"),
    "finish_text": _("What was done"),
    "check_text": _("What was looked at, and what was seen"),
}
CHOICES: Mapping[str, tuple[Sayable, Mapping[str, Sayable]]] = {
    "answer": (
        _("Is the finding right?"),
        {"yes": _("Yes, I agree"), "no": _("No, I do not agree")},
    ),
    "decide": (
        _("Does the finding stand?"),
        {"yes": _("Yes, it is upheld"), "no": _("No, it is withdrawn")},
    ),
    "check": (
        _("Is the defect rectified?"),
        {"yes": _("Yes"), "no": _("No, it is opened again")},
    ),
}
OWNER, DUE = _("Owner"), _("Due on")


@dataclass(frozen=True)
class Form:
    """What was sent about a finding, on a day of the office's calendar."""

    sent: Mapping[str, str]
    one: Followed
    owners: Sequence[str]
    check_share: float

    def step(self) -> OfFinding:
        """The step that it is; `BadInput` with everything that is wrong with it."""
        read = READ.get(self.sent.get("do", ""))
        if read is None:
            raise BadInput(
                [Fault(_("The form"), _("is not one of this page."), _("Send it again."))]
            )
        return read(self)

    @property
    def about(self) -> dict[str, Any]:
        """Which finding, and when."""
        return self.one.key._asdict() | {"day": self.one.today}

    def text(self, name: str) -> str:
        """What was written in a field, without blanks around it; line ends as one letter."""
        return self.sent.get(name, "").replace("\r\n", "\n").strip()

    def lacking(self, name: str, *, may_be_empty: bool = False) -> Iterator[Fault]:
        """Faults of a text."""
        written = self.text(name)
        if not written and not may_be_empty:
            yield Fault(TEXT_NAMES[name], EMPTY, WRITE, column=name)
        if len(written) > LONGEST_TEXT:
            problem = _("has more than {most:,} letters.", most=LONGEST_TEXT)
            yield Fault(TEXT_NAMES[name], problem, _("Write less."), column=name)

    def unchosen(self, name: str) -> Iterator[Fault]:
        """A fault where none of the answers to a question was chosen."""
        question, answers = CHOICES[name]
        if self.sent.get(name) not in answers:
            yield Fault(question, _("is not answered."), CHOOSE_ONE, column=name)

    def is_yes(self, name: str) -> bool:
        """Whether the first answer was chosen."""
        return self.sent.get(name) == "yes"


def refuse(*faults: Iterator[Fault]) -> None:
    """`BadInput` with all faults, if there are any."""
    if found := [fault for several in faults for fault in several]:
        raise BadInput(found)


def _answered(form: Form) -> OfFinding:
    agrees = form.is_yes("answer")
    refuse(form.unchosen("answer"), form.lacking("answer_text", may_be_empty=agrees))
    return Answered(**form.about, agrees=agrees, text=form.text("answer_text"))


def _decided(form: Form) -> OfFinding:
    refuse(form.unchosen("decide"), form.lacking("decide_text"))
    return Decided(**form.about, upheld=form.is_yes("decide"), text=form.text("decide_text"))


def _withdrawn(form: Form) -> OfFinding:
    refuse(form.lacking("withdraw_text"))
    return Decided(**form.about, upheld=False, text=form.text("withdraw_text"))


def _planned(form: Form) -> OfFinding:
    owner, due = form.text("owner"), day_of(form.text("due"))
    refuse(_unknown(owner, form.owners), form.lacking("measure"), _unfit(due, form.one.today))
    assert due is not None  # noqa: S101  else it was refused
    return Planned(**form.about, owner=owner, measure=form.text("measure"), due=due)


def _finished(form: Form) -> OfFinding:
    refuse(form.lacking("finish_text"))
    text, share = form.text("finish_text"), form.check_share
    return Finished(**form.about, text=text, check_share=share)


def _checked(form: Form) -> OfFinding:
    refuse(form.unchosen("check"), form.lacking("check_text"))
    return Checked(**form.about, passed=form.is_yes("check"), text=form.text("check_text"))


READ: Mapping[str, Callable[[Form], OfFinding]] = {
    "answer": _answered,
    "decide": _decided,
    "withdraw": _withdrawn,
    "plan": _planned,
    "finish": _finished,
    "check": _checked,
}
BY_FORM: Mapping[str, frozenset[Move]] = {  # by which moves are made, in the order of the page
    "answer": frozenset([Move.ACCEPT, Move.ANSWER]),
    "decide": frozenset([Move.UPHOLD]),
    "plan": frozenset([Move.PLAN]),
    "finish": frozenset([Move.FINISH]),
    "check": frozenset([Move.PASS, Move.REOPEN]),
    "withdraw": frozenset([Move.WITHDRAW]),
}


def forms_of(moves: Iterable[Move]) -> list[str]:
    """The forms by which somebody makes one of these moves."""
    several = set(moves)
    if Move.UPHOLD in several:  # the form that decides also withdraws
        several.discard(Move.WITHDRAW)
    return [name for name, made in BY_FORM.items() if several & made]


def _unknown(owner: str, owners: Sequence[str]) -> Iterator[Fault]:
    if owner not in owners:
        yield Fault(
            OWNER, _("is nobody of the list."), _("Choose one of the list."), column="owner"
        )


def day_of(text: str) -> date | None:
    """A day as `2026-07-31`; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _unfit(due: date | None, today: date) -> Iterator[Fault]:
    if due is None:
        remedy = _("Write it as 2026-07-31.")
        yield Fault(DUE, _("is not a day."), remedy, column="due")
    elif not today <= due <= today + LONGEST_AHEAD:
        problem = _("is past, or more than a year away.")
        yield Fault(DUE, problem, _("Give a day from today on, within a year."), column="due")
