"""Do reviewers agree, and is one more severe than another."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice
from evaluation.quality.reviewers import Reviewers
from evaluation.report.summary import ReportSummary


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """Agreement and severity, as far as cases graded twice tell of them."""
    found, title = summary.reviewers, voice.say("reviewers")
    if not summary.data.reviews:
        return Chapter("reviewers", title, voice.say("no_reviews"))
    lead = "severity_told" if found.told else "severity_untold"
    return Chapter("reviewers", title, voice.say(lead), tuple(_exhibits(found, voice)))


def _exhibits(found: Reviewers, voice: Voice) -> Iterator[Exhibit]:
    agreed, say = found.agreement, voice.say
    if agreed.cases:
        rows = (
            (say("raw_agreement"), voice.share(agreed.raw)),
            (say("kappa"), voice.figure(agreed.kappa)),
            (say("alpha"), voice.figure(agreed.alpha)),
        )
        says = "says_agreement" if agreed.kappa.value is not None else "says_agreement_withheld"
        yield Exhibit(
            say("agreement", cases=agreed.cases),
            say(says, raw=voice.share(agreed.raw), kappa=agreed.kappa, cases=agreed.cases),
            (say("measure"), say("value")),
            rows,
            notes=(say("intervals"), say("how_agreement")),
        )
    if found.told:
        yield _severity(found, voice)


def _severity(found: Reviewers, voice: Voice) -> Exhibit:
    told = [one for one in found.severities if one.severity.value is not None]
    apart = sum((one.severity.low or 0) > 0 or (one.severity.high or 0) < 0 for one in told)
    return Exhibit(
        voice.say("severity"),
        voice.say("says_severity", told=len(told), apart=apart),
        tuple(map(voice.say, ("reviewer", "shared_cases", "severity_log_odds"))),
        tuple(
            (one.reviewer, f"{one.severity.n:,}", voice.figure(one.severity))
            for one in found.severities
        ),
        notes=(voice.say("how_severity"),),
    )
