"""`/ledger/verify`: whether every record holds, compared with a checkpoint kept outside."""

from __future__ import annotations

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from ledger.checkpoints import LONGEST, NoCheckpoint
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Download, GoTo, Shown, Visit
from serving.use_cases.recording.words import holding

TITLE = _("Does the ledger hold?")
PATH = "/ledger/verify"
NO_CHECKPOINT = _(
    "Whether records were taken off the end, or all of them written anew, can only be seen by a "
    "checkpoint that was kept outside: paste it below."
)


def show(visit: Visit) -> Shown:
    """What is found, if the address asks for it; a checkpoint may be given with the form."""
    note = visit.query.get("checkpoint", "").replace("\r\n", "\n")
    checked = "check" in visit.query and not visit.faults
    found, bad, wrong = _found(visit, note) if checked else ([], None, None)
    values = {
        "checked": checked,
        "found": found,
        "bad": bad,
        "wrong": wrong,
        "note": visit.sent.get("checkpoint", note),
        "most": LONGEST,
    }
    return Shown("ledger/verify.html", TITLE, values)


def _found(visit: Visit, note: str) -> tuple[list[Sayable], Sayable | None, Sayable | None]:
    """What holds, what does not, and what is wrong with the checkpoint."""
    try:
        verdict = visit.ledger.verify(*([note] if note.strip() else []))
    except NoCheckpoint as error:
        return [], None, error.problem
    if verdict.bad is not None:
        return [], verdict.bad.sentence, None
    given = bool(note.strip())
    return list(holding(verdict, with_checkpoint=given, without=NO_CHECKPOINT)), None, None


def act(visit: Visit) -> GoTo:
    """Check, with the checkpoint that was sent."""
    note = visit.sent.get("checkpoint", "")
    if len(note) > LONGEST:
        problem = _("is longer than a checkpoint can be.")
        remedy = _("Paste the text of one checkpoint.")
        raise BadInput([Fault(_("Checkpoint"), problem, remedy, column="checkpoint")])
    return GoTo(address(PATH, check="yes", checkpoint=note or None))


def checkpoint(visit: Visit) -> Download:
    """A fresh checkpoint of all there is, to be kept outside."""
    return Download("checkpoint.txt", visit.ledger.checkpoint().encode(), "text/plain")
