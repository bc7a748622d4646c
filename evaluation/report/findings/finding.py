"""A finding: what was found, how sure that is, what follows from it, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.language.messages import Message, Sayable, _
from evaluation.report.findings.decisions import Claims
from evaluation.report.findings.kinds import KINDS, Kind


@dataclass(frozen=True)
class Finding:
    """A finding of one of `KINDS`, in words that are filled from its `evidence`.

    The evidence is a frozen value, or several, whose fields are figures, counts, names and days.
    """

    code: str
    what: Sayable
    sure: Sayable
    evidence: object

    @property
    def kind(self) -> Kind:
        """What all findings of its kind have in common."""
        return KINDS[self.code]

    @property
    def so_what(self) -> Message:
        """What follows from it."""
        return self.kind.so_what

    @property
    def shows(self) -> Claims:
        """What it shows to be true."""
        return self.kind.shows

    @property
    def refutes(self) -> Claims:
        """What it shows to be untrue, or not known."""
        return self.kind.refutes

    @property
    def calls_for(self) -> tuple[str, ...]:
        """The codes of the decisions it calls for."""
        return self.kind.calls_for

    @property
    def values(self) -> Mapping[str, object]:
        """What fills the sentence."""
        return self.what.values if isinstance(self.what, Message) else {}


def beyond_chance(cases: int) -> Message:
    """That it is more than chance."""
    return _("Beyond chance, on {cases:,} cases.", cases=cases)


def within_chance(cases: int) -> Message:
    """That it may be no more than chance."""
    return _("May be chance, on {cases:,} cases.", cases=cases)


def compared_on(cases: int) -> Message:
    """On how many cases no difference was found."""
    return _("Compared on {cases:,} cases.", cases=cases)
