"""Asking a person what only people can say, on a terminal, each question to be skipped at will."""

from __future__ import annotations

import sys

from cases.draft.draft import Draft
from cases.draft.questions import Question, questions
from cases.language.messages import Sayable, _, listed
from cases.office.model import Office
from cases.tables.tables import Tables
from cli.console import Terminal


def can_ask() -> bool:
    """Whether there is a person to ask: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def asked(terminal: Terminal, draft: Draft) -> Draft:
    """The draft with what was answered; what was skipped stays open."""
    open_questions = questions(draft)
    if open_questions:
        terminal.show(_("A few questions. Enter skips one, Ctrl-D all that are left."))
    for number, question in enumerate(open_questions, start=1):
        terminal.show(
            _(
                "{number} of {count}: {text}",
                number=number,
                count=len(open_questions),
                text=question.text,
            )
        )
        try:
            answer = _answer(terminal, question)
        except EOFError:
            break
        draft = question.answered(draft, answer) if answer else draft
    return draft


def _answer(terminal: Terminal, question: Question) -> str:
    """One of the choices, or nothing."""
    may_be = listed(
        _("{key} = {means}", key=key, means=means) for key, means in question.choices.items()
    )
    while True:
        terminal.show(may_be)
        answer = terminal.out.input("> ").strip().lower()
        if not answer or answer in question.choices:
            return answer
        terminal.show(_("That is none of the choices."))


def show_open(terminal: Terminal, tables: Tables) -> None:
    """What nobody has answered yet, and what that means."""
    office = tables.office
    if office.unanswered:
        terminal.show(
            _(
                "Not answered yet: when is each of these known? Until the office file says so, "
                "nothing is made of them."
            )
        )
        terminal.table((), _unanswered(office))
    if tables.rows("reviews").height and office.reviews is None:
        terminal.show(
            _(
                "Not answered yet: which grades are a defect? Until [[reviews.grades]] says so, "
                "nothing is learnt from the reviews."
            )
        )


def _unanswered(office: Office) -> list[tuple[str, str | Sayable]]:
    return [
        (f"attributes.{name}.known", attribute.meaning.say(office.language))
        for name, attribute in office.unanswered.items()
    ]
