"""The model card: what the EU AI Act (Annex IV) and registers of algorithms ask for, in Markdown.

Filled from the report's summary and the office file. What neither says is marked as not
filled in: nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.language.catalogues import Language
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice, share
from evaluation.report.chapters import (
    drift,
    fairness,
    intake,
    leaks,
    making,
    people,
    ranking,
    versions,
)
from evaluation.report.headlines import headlines
from evaluation.report.notes import about_handlers, said
from evaluation.report.summary import ReportSummary

# Fields that only the office can fill in, and where Annex IV of Regulation (EU) 2024/1689 asks
# for them; a dash where only registers of algorithms do.
UNFILLED = (
    ("responsible", "1(a)"),
    ("contact", "–"),
    ("status", "–"),
    ("legal_basis", "–"),
    ("impact_assessment", "–"),
    ("hardware", "1(e)"),
    ("cybersecurity", "2(h)"),
    ("risk_management", "5"),
    ("standards", "7"),
    ("conformity", "8"),
    ("monitoring_plan", "9"),
)


def model_card(summary: ReportSummary, language: Language) -> str:
    """The card in `language`; texts of the office file are escaped."""
    voice = Voice(language)
    office = escaped(summary.office.say(language))
    parts = [f"# {voice.say('model_card')}: {office}", voice.say("card_lead")]
    for key, lines in _sections(summary, voice):
        parts += [f"## {voice.say(key)}", *lines]
    return "\n\n".join(parts) + "\n"


def _sections(summary: ReportSummary, voice: Voice) -> Iterator[tuple[str, list[str]]]:
    yield "card_summary", [_listed([said(one, voice) for one in headlines(summary)])]
    yield "card_purpose", list(_purpose(summary, voice))
    asked = ("risk", summary.card.risk), ("complexity", summary.card.complexity)
    oversight = [voice.say(f"oversight_{name}") for name, model in asked if model is not None]
    yield "card_oversight", [*oversight, *_chapter(people.chapter(summary, voice))]
    made = making.chapter(summary, voice)
    yield "card_data", [*_chapter(made), *_inputs(summary, voice)]
    for question in ("risk", "complexity"):
        yield question, _chapter(ranking.chapter(summary, question, voice))
    yield "intake", _chapter(intake.chapter(summary, voice))
    yield "fairness", _chapter(fairness.chapter(summary, voice))
    yield "leaks", _chapter(leaks.chapter(summary, voice))
    yield "drift", _chapter(drift.chapter(summary, voice))
    yield "card_versions", _chapter(versions.chapter(summary, voice))
    yield "card_logging", [escaped(voice.say("logging"))]
    yield "card_unfilled", [_unfilled(voice)]


def _purpose(summary: ReportSummary, voice: Voice) -> Iterator[str]:
    card = summary.card
    if card.risk is not None:
        yield voice.say("purpose_risk", share=share(summary.share))
        grades = [one.say(voice.language) for one in card.defects]
        yield escaped(voice.say("what_is_defect", grades=voice.listed(grades)))
    if card.complexity is not None and card.complex is not None:
        yield escaped(voice.say("purpose_complexity", meaning=card.complex))
    yield said(about_handlers(card), voice)
    yield voice.say("not_for")


def _inputs(summary: ReportSummary, voice: Voice) -> Iterator[str]:
    """The office's own attributes: what they mean and when they are known."""
    rows = tuple(
        (one.name, one.meaning.say(voice.language), one.known) for one in summary.card.inputs
    )
    if rows:
        head = tuple(map(voice.say, ("column", "meaning", "known")))
        title = voice.say("card_inputs")
        yield from _exhibit(Exhibit(title, voice.say("says_inputs", inputs=len(rows)), head, rows))


def _unfilled(voice: Voice) -> str:
    rows = tuple(
        (voice.say(f"field_{name}"), where, voice.say("unfilled")) for name, where in UNFILLED
    )
    return _table(tuple(map(voice.say, ("field", "annex", "value"))), rows)


def _chapter(chapter: Chapter) -> list[str]:
    return [escaped(chapter.lead), *(line for one in chapter.exhibits for line in _exhibit(one))]


def _exhibit(one: Exhibit) -> Iterator[str]:
    yield f"### {escaped(one.title)}"
    yield escaped(one.says)
    if one.rows:
        yield _table(one.head, one.rows)
    if one.notes:
        yield escaped(" ".join(one.notes))


def _table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text if text == "---" else escaped(text)


def _listed(sentences: list[str]) -> str:
    return "\n".join(f"- {escaped(one)}" for one in sentences)


def escaped(text: str) -> str:
    r"""Text that Markdown shows as it stands, on one line.

    >>> escaped("a|b <i> *c*")
    'a\\|b \\<i\\> \\*c\\*'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(text.split()))
