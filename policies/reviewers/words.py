"""What can keep a reviewer from a case, and what is said of the draw of reviewers."""

from __future__ import annotations

from cases.language.messages import _
from policies.assignment.obstacles import Obstacle, Takers

NO_CHANGE = _("another reviewer has to review it")
TO_REVIEWERS = Takers(
    called=_("the reviewers"),
    obstacles={
        "handled": Obstacle(
            _("who worked on the case"),
            _("worked on this case"),
            NO_CHANGE,
        ),
        "recused_case": Obstacle(
            _("recused from the case"),
            _("is recused from this case"),
            _("a recusal cannot be changed"),
        ),
        "first_reader": Obstacle(
            _("reviewing it first"),
            _("reviews this case first"),
            NO_CHANGE,
        ),
        "same_unit": Obstacle(
            _("of the case's unit"),
            _("belongs to the case's unit, {detail}"),
            NO_CHANGE,
        ),
        "kind": Obstacle(
            _("not reviewing this kind"),
            _("does not review cases of kind {detail}"),
            _("add {detail} to the reviewer's kinds"),
        ),
        "capacity": Obstacle(
            _("with a working capacity of 0"),
            _("has a working capacity of 0"),
            _("give the reviewer a working capacity above 0"),
        ),
        "absent": Obstacle(
            _("absent"),
            _("is absent: {detail}"),
            _("wait for the reviewer's return (absent: {detail})"),
        ),
        "most_open": Obstacle(
            _("with the most cases to review"),
            _("already has as many cases to review as allowed: {detail}"),
            _("raise the reviewer's most_open, or wait until one of the cases is reviewed"),
        ),
    },
    lasting=4,
    nobody_there=_("there are no reviewers"),
    drawn=_(
        "drawn at random with a probability of {probability:.1%} (eligible reviewers: {eligible})"
    ),
    no_room=_(
        "nobody has room left: with the other cases, every eligible reviewer ({eligible}) has as "
        "many cases to review as allowed; raise most_open, or wait until a case is reviewed"
    ),
    below_floor=_(
        "Reviewers with little room left whose probability is less than the floor: {people}."
    ),
    left=_("Reviewers have too little room left; readings without a reviewer: {cases}."),
    otherwise=_("Add a reviewer to the reviewer table who may review it."),
)
WAITING = _("nobody reviews it first yet, so nobody can review it second")
