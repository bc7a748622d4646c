"""What moves the risk most."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import _
from evaluation.pages import charts
from evaluation.pages.cells import NOTHING, Interval, count, share
from evaluation.pages.cells import SHARE as SHARES
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.proxies.words import PEOPLE
from evaluation.report.chapters.heads import NO_RISK_MODEL
from evaluation.report.facts import Influence, StandIns
from evaluation.report.summary import ReportSummary

TITLE = _("What moves the risk most")
INFLUENCE = _("Influence")
SHARE = _("Share of all contributions")


def chapter(summary: ReportSummary) -> Chapter:
    """The groups of features with the largest contributions, as shares of all."""
    if not summary.influences:
        return Chapter("influences", TITLE, NO_RISK_MODEL)
    lead = _("Which facts of a case the model's scores rest on. An influence is not a cause.")
    exhibits = (_strongest(summary.influences), *_stand_ins(summary.stand_ins))
    return Chapter("influences", TITLE, lead, exhibits)


def _stand_ins(stand_ins: StandIns | None) -> Iterator[Exhibit]:
    """How well the features tell persons apart, if that was looked at."""
    if stand_ins is None:
        return
    says = stand_ins.warning or _(
        "The features do not tell persons apart so well that risks would be theirs."
    )
    lines = tuple(
        (PEOPLE[one.people], count(one.classes), Interval(one.told, SHARES), telling or NOTHING)
        for one, telling in zip(stand_ins.found, stand_ins.telling, strict=True)
    )
    head = (
        _("Who"),
        _("How many of them"),
        _("Pairs judged correctly"),
        _("Most telling features"),
    )
    note = _(
        "A pair is two cases of the same kind (and of the same unit, where the model is given "
        "it), one of them of a certain handler, unit or reviewer. It is judged correctly if the "
        "features alone say which one; 50% is chance. Learnt from the earlier reviewed cases, "
        "tried on the later ones."
    )
    yield Exhibit(_("Stand-ins for persons"), says, head, lines, notes=(note,))


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
        (INFLUENCE, _("Features of its kind"), SHARE),
        tuple((line.meaning, count(line.members), share(line.share)) for line in influences),
        charts.bars((INFLUENCE, SHARE), names, shares),
        notes=(note,),
    )
