"""How the report was made: data, models, versions, limits."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice, share
from evaluation.report.notes import said
from evaluation.report.summary import ReportSummary

PART = "\u2003"  # sets in what is a part of the line above it


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """What anyone needs who wants to make the report again, and what it does not say."""
    exhibits = (_data(summary, voice), _card(summary, voice), _limits(summary, voice))
    tested = voice.say(
        "tested",
        first=summary.first,
        last=summary.last,
        every=voice.say(summary.every),
        retrain=voice.say(summary.retrain),
    )
    return Chapter("making", voice.say("making"), tested, exhibits)


def _data(summary: ReportSummary, voice: Voice) -> Exhibit:
    data, say = summary.data, voice.say
    counts = (
        ("", "all_cases", data.cases),
        (PART, "closed", data.closed),
        ("", "events", data.events),
        ("", "reviewable", data.reviewable),
        (PART, "reviewed", data.reviewed),
        (PART, "unreviewed", data.unknown),
        ("", "reviews", data.reviews),
        (PART, "drawn", data.drawn),
    )
    days = (data.first_opened or "–", data.last_closed or "–")
    rows = (
        *((part + say(name), f"{count:,}") for part, name, count in counts),
        (say("span"), " – ".join(map(str, days))),
        (say("data_hash"), data.data_hash or "–"),
    )
    known = share(data.reviewed / data.reviewable if data.reviewable else 0.0)
    says = say("says_data", reviewed=data.reviewed, reviewable=data.reviewable, share=known)
    return Exhibit(say("data"), says, (say("fact"), say("value")), rows)


def _card(summary: ReportSummary, voice: Voice) -> Exhibit:
    card, say = summary.card, voice.say
    rows = (
        (say("trained_until"), card.trained_until),
        *_fitted(summary, voice),
        (say("trained_on"), card.data_hash or "–"),
        (say("versions"), ", ".join(" ".join(one) for one in card.versions.items())),
    )
    same = "says_same_data" if card.data_hash == summary.data.data_hash else "says_other_data"
    return Exhibit(say("card"), say(same), (say("fact"), say("value")), rows)


def _fitted(summary: ReportSummary, voice: Voice) -> Iterator[tuple[str, str]]:
    for name, fitted in (("risk", summary.card.risk), ("complexity", summary.card.complexity)):
        if fitted is not None:
            features = f"{voice.say('features')}: {fitted.features:,}"
            counts = f"{fitted.cases:,}, {fitted.positives:,} ({features})"
            yield voice.say(f"{name}_learnt_from"), counts


def _limits(summary: ReportSummary, voice: Voice) -> Exhibit:
    rows = tuple(
        (str(place), said(note, voice)) for place, note in enumerate(summary.notes, start=1)
    )
    head = (voice.say("number"), voice.say("limit"))
    return Exhibit(voice.say("limits"), voice.say("says_limits", limits=len(rows)), head, rows)
