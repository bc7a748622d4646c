"""What is said at the top of the page after a form was carried out."""

from __future__ import annotations

from collections.abc import Mapping

from cases.language.messages import Sayable, _

SAID: Mapping[str, Sayable] = {
    "asked": _("It is recorded and waits for the next scheduled run."),
    "saved": _("Saved."),
    "graded": _("The grade is saved."),
    "draft": _("Kept as a draft. Nobody else sees it until you save the grade."),
    "taken": _("This case is yours to grade."),
    "given_back": _("The reading is given back. Another reviewer can take it."),
    "waived": _("Recorded: one reading of this case is enough."),
    "consolidated": _("The consolidated grade is saved; it is the one that counts."),
    "drawn": _("The plan was drawn, once, and is recorded."),
    "begun": _("The plan is drawn and recorded, and its reviews have begun."),
    "overridden": _("Recorded: this departs from the draw, and your reason is kept."),
    "suggested": _("Handlers were drawn, once, and the draw is recorded."),
    "decided": _("The decision is recorded."),
    "promised": _("The plan is promised. Publish its hash before the draw."),
    "disabled": _("This user is let in no more."),
    "revoked": _("The key ends within ten seconds."),
}
