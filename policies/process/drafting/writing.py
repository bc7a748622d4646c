"""Candidates as a part of an office file in which nothing is in force yet."""

from __future__ import annotations

from collections.abc import Iterator

from cases.draft.lines import Line, out, text_of, toml
from cases.errors import shorten
from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, listed, ngettext, sentences
from cases.office.work.process import ProcessRule
from policies.process.drafting.candidates import Candidate, Drafted

KEYS = ("rule", "activity", "activities", "before", "after", "days", "times", "role", "kinds")


def process_toml(drafted: Drafted, language: Language) -> str:
    """The candidates as TOML that is all comments, in the words of `language`."""
    return text_of(_lines(drafted), language)


def _lines(drafted: Drafted) -> Iterator[Line]:
    yield Line(
        comment=_(
            "Drafted by `triage draft --process` from {cases:,} cases closed from {first} to "
            "{last}: all of it is a guess.",
            cases=drafted.cases,
            first=drafted.first.date(),
            last=drafted.last.date(),
        )
    )
    yield Line(comment=_("What mostly happens need not be what must happen: you decide."))
    yield Line(
        comment=_("Copy a rule into the office file and take the `#` away: then it is in force.")
    )
    for candidate in drafted.candidates:
        yield Line()
        yield Line(comment=_support(candidate))
        yield from map(out, _rule(candidate.rule))


def _support(candidate: Candidate) -> Sayable:
    """In how many cases it held, and some in which it did not."""
    held: Sayable = ngettext(
        "? Must it be so? It was in {held:,} of {count} case ({share:.1%}).",
        "? Must it be so? It was in {held:,} of {count:,} cases ({share:.1%}).",
        candidate.tried,
        held=candidate.held,
        share=candidate.held / candidate.tried,
    )
    if not candidate.against:
        return held
    against = _("Not in: {cases}.", cases=listed(map(shorten, candidate.against)))
    return sentences(held, against)


def _rule(rule: ProcessRule) -> Iterator[Line]:
    yield Line("[[process]]")
    yield Line(f"code = {toml(rule.code)}")
    words = rule.meaning.model_extra or {}
    said = ", ".join(f"{language} = {toml(text)}" for language, text in words.items())
    yield Line(f"meaning = {{ {said} }}")
    for key in KEYS:
        value = getattr(rule, key)
        if value not in (None, ()):
            yield Line(f"{key} = {toml(value)}")
