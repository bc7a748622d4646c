"""The model card: what the EU AI Act (Annex IV) and registers of algorithms ask for, in Markdown.

Filled from the report's summary and the office file. What neither says is marked as not
filled in: nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, listed, say
from cases.language.values import round_share
from evaluation.pages.cells import NOTHING, Cell
from evaluation.pages.exhibits import Chapter, Exhibit
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
from evaluation.report.chapters.heads import VALUE
from evaluation.report.front import front_page
from evaluation.report.notes import about_handlers
from evaluation.report.summary import ReportSummary

# Fields that only the office can fill in, and where Annex IV of Regulation (EU) 2024/1689 asks
# for them; a dash where only registers of algorithms do.
UNFILLED: tuple[tuple[Sayable, str], ...] = (
    (_("Responsible unit and provider"), "1(a)"),
    (_("Contact for questions and objections"), NOTHING),
    (_("Status and date of first use"), NOTHING),
    (_("Legal basis"), NOTHING),
    (_("Impact assessments made"), NOTHING),
    (_("Hardware it runs on"), "1(e)"),
    (_("Cybersecurity measures"), "2(h)"),
    (_("Risk management system"), "5"),
    (_("Harmonised standards applied"), "7"),
    (_("EU declaration of conformity"), "8"),
    (_("Post-market monitoring"), "9"),
)
NOT_FILLED = _("Not filled in.")
OVERSIGHT_RISK = _(
    "The risk model decides nothing: it gives a probability, how many of 100 such cases had a "
    "defect, and reasons a reader can check, and people review the case. Every case keeps a known "
    "inclusion probability, so that reviews also test the model."
)
OVERSIGHT_COMPLEXITY = _(
    "Of a new case the model says simple, complex, or that a person decides, with its reasons; "
    "its suggestions are suggestions, and a person decides against them where needed."
)


Part = Sayable | Exhibit | tuple[Sayable, ...]  # a paragraph, a table, or a list


@dataclass(frozen=True)
class Section:
    """A part of the card."""

    title: Sayable
    parts: tuple[Part, ...]


def model_card(summary: ReportSummary, language: Language) -> str:
    """The card in `language`; texts of the office file are escaped."""
    title = _("Model card: {office}", office=summary.office)
    lead = _(
        "Made from the audit report and the office file, in the order of what the EU AI Act "
        "(Regulation (EU) 2024/1689, Annex IV) and registers of algorithms ask for. What neither "
        "says is marked as not filled in."
    )
    text = Markdown(language)
    blocks = [f"# {text.line(title)}", text.line(lead)]
    for section in sections(summary):
        blocks += [f"## {text.line(section.title)}", *text.blocks(section.parts)]
    return "\n\n".join(blocks) + "\n"


def sections(summary: ReportSummary) -> Iterator[Section]:
    """The card as values, in the order of Annex IV."""
    yield Section(_("In short"), (tuple(line.says for line in front_page(summary)),))
    yield Section(_("Purpose and intended users (Annex IV, 1)"), tuple(_purpose(summary)))
    oversight = (*_oversight(summary), *_parts(people.chapter(summary)))
    yield Section(_("Human oversight (Annex IV, 2(e) and 3)"), oversight)
    data = (*_parts(making.chapter(summary)), *_inputs(summary))
    yield Section(_("Data, making and limits (Annex IV, 2 and 3)"), data)
    yield _section(ranking.chapter(summary, "risk"))
    yield _section(ranking.chapter(summary, "complexity"))
    for subject in (intake, fairness, leaks, drift):
        yield _section(subject.chapter(summary))
    history = _parts(versions.chapter(summary))
    yield Section(_("Versions and changes (Annex IV, 6)"), history)
    yield Section(_("Logging and replay (Annex IV, 2(g))"), (_logging(),))
    yield Section(_("To be filled in by the office"), (_unfilled(),))


def _section(chapter: Chapter) -> Section:
    return Section(chapter.title, _parts(chapter))


def _parts(chapter: Chapter) -> tuple[Part, ...]:
    return (chapter.lead, *chapter.exhibits)


def _purpose(summary: ReportSummary) -> Iterator[Sayable]:
    card = summary.card
    if card.risk is not None:
        yield _(
            "Estimates, by what is known of a case at one moment ({moment}), the probability that "
            "a review finds a defect, so that those who plan reviews can choose which cases to "
            "check; {share} of cases can be reviewed. Intended users: the people who plan, make "
            "and answer for reviews.",
            moment=card.asked_at,
            share=round_share(summary.share),
        )
        yield _("A defect is one of these grades: {grades}.", grades=listed(card.defects))
    if card.complexity is not None and card.complex is not None:
        yield _(
            "Estimates, for new cases, the probability that they prove complex: {meaning}.",
            meaning=card.complex,
        )
    yield about_handlers(card).says
    yield _("Not for: judging a case, or judging or ranking people or units.")


def _oversight(summary: ReportSummary) -> Iterator[Sayable]:
    if summary.card.risk is not None:
        yield OVERSIGHT_RISK
    if summary.card.complexity is not None:
        yield OVERSIGHT_COMPLEXITY


def _inputs(summary: ReportSummary) -> Iterator[Exhibit]:
    """The office's own attributes: what they mean and when they are known."""
    inputs = summary.card.inputs
    if inputs:
        says = _(
            "{inputs} attributes; features are computed from them and from events, each as of the "
            "moment it is known.",
            inputs=len(inputs),
        )
        rows = tuple((line.name, line.meaning, line.known) for line in inputs)
        head = (_("Column"), _("Meaning"), _("Known at"))
        yield Exhibit(_("Attributes declared by the office"), says, head, rows)


def _logging() -> Sayable:
    return _(
        "Kept with every model: the fingerprint of its data, the time it knows, versions, figures "
        "on later cases. Kept with every plan: the frame with every case's inclusion probability, "
        "the seed, the model's description; `triage verify` draws it again."
    )


def _unfilled() -> Exhibit:
    rows = tuple((name, where, NOT_FILLED) for name, where in UNFILLED)
    says = _("Neither data nor office file say this.")
    return Exhibit(_("Open fields"), says, (_("Field"), _("Annex IV"), VALUE), rows)


@dataclass(frozen=True)
class Markdown:
    """Texts and tables as Markdown in a language."""

    language: Language

    def line(self, text: Cell) -> str:
        """A text on one line, shown as it stands."""
        return escaped(say(text, self.language))

    def blocks(self, parts: Iterable[Part]) -> Iterator[str]:
        """Paragraphs, lists and tables."""
        for part in parts:
            if isinstance(part, Exhibit):
                yield from self._exhibit(part)
            elif isinstance(part, tuple):
                yield "\n".join(f"- {self.line(item)}" for item in part)
            else:
                yield self.line(part)

    def _exhibit(self, exhibit: Exhibit) -> Iterator[str]:
        yield f"### {self.line(exhibit.title)}"
        yield self.line(exhibit.says)
        if exhibit.rows:
            rule = "|" + " --- |" * len(exhibit.head)
            lines = map(self._row, exhibit.rows)
            yield "\n".join([self._row(exhibit.head), rule, *lines])
        if exhibit.notes:
            yield self.line(exhibit.note)

    def _row(self, cells: Iterable[Cell]) -> str:
        return f"| {' | '.join(map(self.line, cells))} |"


def escaped(text: str) -> str:
    r"""Text that Markdown shows as it stands, on one line.

    >>> escaped("a|b <i> *c*")
    'a\\|b \\<i\\> \\*c\\*'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(text.split()))
