"""What moves the risk most."""

from __future__ import annotations

from functools import partial

from cases.language.messages import _
from evaluation.pages import charts
from evaluation.pages.cells import count, share
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report.chapters.heads import NO_RISK_MODEL
from evaluation.report.facts import Influence
from evaluation.report.summary import ReportSummary

TITLE = _("What moves the risk most")
SHARE = _("Share of all contributions")


def chapter(summary: ReportSummary) -> Chapter:
    """The groups of features with the largest contributions, as shares of all."""
    if not summary.influences:
        return Chapter("influences", TITLE, NO_RISK_MODEL)
    lead = _("Which facts of a case the model's scores rest on. An influence is not a cause.")
    return Chapter("influences", TITLE, lead, (_strongest(summary.influences),))


def _strongest(influences: tuple[Influence, ...]) -> Exhibit:
    says = _(
        "Strongest is “{first}” with {share:.1%} of all contributions; the {most} listed make "
        "{together:.1%}.",
        first=influences[0].meaning,
        share=influences[0].share,
        most=len(influences),
        together=sum(influence.share for influence in influences),
    )
    names = [influence.meaning for influence in influences]
    shares = [influence.share for influence in influences]
    note = _(
        "Share of all contributions to the model's scores, over the latest reviewed cases. "
        "An influence is not a cause."
    )
    return Exhibit(
        _("The strongest influences"),
        says,
        (_("Influence"), _("Features of its kind"), SHARE),
        tuple((line.meaning, count(line.members), share(line.share)) for line in influences),
        partial(charts.bars, names, shares, SHARE),
        notes=(note,),
    )
