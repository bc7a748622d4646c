"""What the people of the demo write, in the language that the demo is made in."""

from __future__ import annotations

from collections.abc import Mapping

from cases.language.messages import Sayable, _

FOUND: Mapping[str, Sayable] = {  # by dimension
    "evidence": _("The statements of two witnesses contradict each other, and nobody asked again."),
    "facts": _("The part of one suspect in the offence is not stated."),
    "application_of_law": _("The decision does not say why the milder provision was not applied."),
    "procedure": _("The limit was extended without the consent that this needs."),
    "documents": _("The copy in the file lacks the page with the signatures."),
    "explanation": _("The victim was not told why the charge was changed."),
    "effect": _("The loss was not settled, and nobody tried to settle it."),
    "responsibility": _("The case changed hands, and no record says what was handed over."),
    "business_system": _("Three steps were entered in the system weeks after they were taken."),
}
SOMETHING = _("The file does not show how the decision was reached.")
DONE_WELL: tuple[Sayable, ...] = (
    _("Every contradiction in the evidence is named and settled: a file to learn from."),
    _("The decision is explained so that the parties can follow each step."),
    _("The victim was heard twice and kept informed."),
    _("The missing expert opinion was noticed early, and the limit was kept all the same."),
)
WHY_ONE_GRADE = _("The first reading is right: the missing page was found in the second volume.")
NOT_REVIEWED = _("The file is with the higher court and does not come back before autumn.")
OTHER_HANDLER = _("This handler has a case against the same suspect.")
SENT_BACK = _("The police sent it to the wrong office.")
ANSWER = _("The consent is in the annex to the file; the reviewer had the main volume only.")
AGREED = _("That is right. I will complete it.")
WITHDRAWN = _("The record was in the archive: what was missing is there.")
MEASURE = _("Complete the file, and tell the parties.")
DONE = _("The file is complete; the parties were told by letter.")
CHECK_PASSED = _("I looked at the file and at both letters: it is rectified.")
WHY_SNOOZED = _("The decision is written and waits for a signature tomorrow.")
WHY_CLOSED = _("The decision was sent in time; it is entered in the other system.")
