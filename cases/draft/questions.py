"""What only people can say of a drafted office, as questions that can each be skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cases.draft.draft import Draft, DraftedAttribute, DraftedGrade
from cases.errors import shorten
from cases.language.messages import Sayable, _
from cases.office.base import CLOSING, INTAKE, UNANSWERED

LISTED = 20  # activities that can be chosen from


@dataclass(frozen=True)
class Question:
    """One question: what may be typed, each with what it means, and the draft that it makes."""

    text: Sayable
    choices: Mapping[str, Sayable | str]
    answered: Callable[[Draft, str], Draft]


def questions(draft: Draft) -> list[Question]:
    """What is to be asked about a draft: grades first, without which nothing is learnt."""
    open_grades = [grade for grade in draft.grades if grade.defect is None or grade.guessed]
    grades = [_of_grade(one) for one in sorted(open_grades, key=lambda grade: not grade.guessed)]
    moments = [INTAKE, CLOSING, *draft.activities[:LISTED]]
    return grades + [
        _of_attribute(attribute, moments)
        for attribute in draft.attributes
        if attribute.known == UNANSWERED
    ]


def _of_grade(grade: DraftedGrade) -> Question:
    text = _(
        "Is a case with the grade {grade} defective? It stands in {rows:,} rows.",
        grade=shorten(grade.code),
        rows=grade.rows,
    )

    if grade.defect is not None:
        by_name = _("yes") if grade.defect else _("no")
        text = _("{question} By its name: {answer}.", question=text, answer=by_name)

    def answered(draft: Draft, answer: str) -> Draft:
        said = replace(grade, defect=answer == "y", guessed=False)
        grades = (said if one.code == grade.code else one for one in draft.grades)
        return replace(draft, grades=tuple(grades))

    return Question(text, {"y": _("yes"), "n": _("no")}, answered)


def _of_attribute(attribute: DraftedAttribute, moments: Sequence[str]) -> Question:
    text = _(
        "When is {column} known? If in doubt, give the later moment, or skip it.",
        column=shorten(attribute.theirs),
    )
    says: dict[str, Sayable | str] = {
        INTAKE: _("when the case comes in"),
        CLOSING: _("when it is closed"),
    }
    choices = {str(n): says.get(moment, shorten(moment)) for n, moment in enumerate(moments, 1)}

    def answered(draft: Draft, answer: str) -> Draft:
        said = replace(attribute, known=moments[int(answer) - 1])
        own = (said if one.name == attribute.name else one for one in draft.attributes)
        return replace(draft, attributes=tuple(own))

    return Question(text, choices, answered)
