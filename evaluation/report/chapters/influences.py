"""What moves the risk most."""

from __future__ import annotations

from functools import partial

from evaluation.pages import charts
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice, share
from evaluation.report.summary import ReportSummary


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """The groups of features with the largest contributions, as shares of all."""
    title, found = voice.say("influences"), summary.influences
    if not found:
        return Chapter("influences", title, voice.say("no_risk_model"))
    first = found[0].meaning
    says = voice.say(
        "says_influences",
        first=first,
        share=share(found[0].share),
        most=len(found),
        together=share(sum(one.share for one in found)),
    )
    lines = tuple(
        (str(place), one.meaning.say(voice.language), f"{one.members:,}", share(one.share))
        for place, one in enumerate(found, start=1)
    )
    head = tuple(map(voice.say, ("number", "influence", "members", "influence_share")))
    picture = partial(charts.bars, [one.share for one in found])
    note = voice.say("influences_lead")
    exhibit = Exhibit(voice.say("influences_table"), says, head, lines, picture, notes=(note,))
    return Chapter("influences", title, voice.say("influences_chapter"), (exhibit,))
