"""What came in with a form of grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.language.messages import _, ngettext
from cli.console import Terminal, fault_lines

if TYPE_CHECKING:
    from evaluation.pages.plan.grade_form import GradeForm
    from serving.memory.graded_forms import ImportedGrades


def show_imported(
    terminal: Terminal, grades: ImportedGrades, form: GradeForm, *, is_check: bool
) -> None:
    """How many grades are new, were there, and are still to be given, and what does not agree."""
    terminal.show(
        _("Plan {plan}", plan=form.plan_id),
        ngettext("{count:,} new grade.", "{count:,} new grades.", grades.new),
        ngettext(
            "{count:,} grade was there already.",
            "{count:,} grades were there already.",
            grades.known,
        ),
        ngettext(
            "{count:,} reading of the plan is not on the form yet.",
            "{count:,} readings of the plan are not on the form yet.",
            grades.waiting,
        ),
    )
    terminal.show(*fault_lines(grades.differing, terminal.language))
    is_recorded = bool(grades.entries) and not is_check
    terminal.show(_("Recorded.") if is_recorded else _("Nothing was recorded."))
