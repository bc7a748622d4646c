"""`/plan/verify`: whether the folder of a plan holds what was drawn, in words."""

from __future__ import annotations

from cases.errors import Fault, PlumblineError
from cases.language.messages import Sayable, _
from policies.spot_check.commitment import Commitment, read_commitment
from serving.http.pages.planning.fields import status_of
from serving.http.pages.planning.of_plan import CODE, plan_asked
from serving.http.pages.shell.visit import NotFound, Shown, Visit
from serving.kept.begin import PLANS
from serving.kept.checked import Checked, Reader
from serving.kept.plan import COMMITMENT_FILE
from serving.kept.plan_checks import check_plan

TITLE = _("Verify a plan")
HASH = 64  # hex digits
NAMES: dict[str, Sayable] = {
    "manifest": _("Hash of the manifest, as you know it"),
    "commitment": _("Hash of the commitment, or of the seed, as it was published"),
    "beacon": _("The public value, as its source published it"),
}
LONGEST = 300  # letters of the public value


def show(visit: Visit) -> Shown:
    """The checks that `triage verify` makes, with what the reader knows from elsewhere."""
    standing, kept = plan_asked(visit)
    if kept is None:
        raise NotFound
    known = {name: visit.query.get(name, "").strip() for name in NAMES}
    faults = list(_faults(known))
    checked, failed = None, None
    if not faults:
        try:
            checked = _checked(visit, str(standing.plan_id), known)
        except PlumblineError as error:
            failed = error.message
    values = {
        "plan_id": standing.plan_id,
        "names": NAMES,
        "known": known,
        "checked": checked,
        "failed": failed,
        "record": standing.record,
        "faults": faults,
    }
    return Shown("planning/verify.html", TITLE, values, status_of(faults))


def _faults(known: dict[str, str]) -> list[Fault]:
    remedy = _("Give the 64 hexadecimal digits, or leave it empty.")
    found = [
        Fault(NAMES[name], _("is not a hash."), remedy, column=name)
        for name in ("manifest", "commitment")
        if known[name] and not (len(known[name]) == HASH and CODE.fullmatch(known[name].lower()))
    ]
    if len(known["beacon"]) > LONGEST:
        problem = _("is too long.")
        found.append(Fault(NAMES["beacon"], problem, _("Give the value alone."), column="beacon"))
    return found


def _checked(visit: Visit, plan_id: str, known: dict[str, str]) -> Checked:
    folder = visit.rooms.home / PLANS / plan_id
    planned = next(one for one in visit.context.remembered.planned if one.plan_id == plan_id)
    recorded = planned.content.get("manifest")
    manifest = known["manifest"] or (None if recorded is None else str(recorded))
    published: Commitment | str | None = None
    if known["commitment"]:
        published = known["commitment"].lower()
        kept = folder / COMMITMENT_FILE
        if kept.exists() and (found := read_commitment(kept)).hash == published:
            published = found
    is_opened = isinstance(published, Commitment) and known["beacon"]
    return check_plan(folder, Reader(manifest, published, known["beacon"] if is_opened else None))
