"""What a proposed rule is called, and what it asks in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cases.language.messages import Message, Sayable, _, listed, ngettext
from cases.office.model import Office
from cases.office.work.process import CLOSED, OPENED, Demand
from policies.process.drafting.proposals import Proposal

LONGEST = 56  # letters of a code, so that a number can follow
MEANINGS: Mapping[Demand, Message] = {
    "must_happen": _("“{activity}” happens before the case is closed"),
    "must_precede": _("“{activity}” comes before each “{before}”"),
    "within": _("“{activity}” comes within {days} of “{after}”"),
    "not_after": _("no “{activity}” comes after “{after}”"),
    "exclusive": _("a case has only one of these: {steps}"),
    "at_most": _("“{activity}” happens at most {times}"),
    "by": _("“{activity}” is done by: {role}"),
    "recorded_within": _("every step is entered within {days}"),
}
# Of rules that name the end of a case, or a step where usually an end is meant.
BEFORE_A_STEP = _("“{activity}” comes before “{before}”")
OF_THE_OPENING = _("“{activity}” comes within {days} of the opening")
CLOSED_WITHIN = _("the case is closed within {days} of “{after}”")


def code_of(proposal: Proposal) -> str:
    """A code made of what the rule names, as far as that is in Latin letters."""
    keys = proposal.keys
    named = [keys.get(key, "") for key in ("activity", "before", "after", "role")]
    words = " ".join([proposal.rule, *named, *keys.get("activities", ())])
    return re.sub(r"[^a-z0-9]+", "_", words.lower())[:LONGEST].strip("_")


def meaning_of(office: Office, proposal: Proposal) -> Sayable:
    """What the rule asks."""
    keys = proposal.keys
    return _text(proposal.rule, keys).filled(
        **{key: _name(office, keys[key]) for key in ("activity", "before", "after") if key in keys},
        days=ngettext("{count} day", "{count:,} days", keys.get("days", 0)),
        times=ngettext("{count} time", "{count:,} times", keys.get("times", 0)),
        role=office.roles[keys["role"]].meaning if "role" in keys else "",
        steps=listed(_name(office, code) for code in keys.get("activities", ())),
    )


def _text(rule: Demand, keys: Mapping[str, Any]) -> Message:
    if rule == "must_happen" and "before" in keys:
        return BEFORE_A_STEP
    if rule == "within" and keys["after"] == OPENED:
        return OF_THE_OPENING
    if rule == "within" and keys["activity"] == CLOSED:
        return CLOSED_WITHIN
    return MEANINGS[rule]


def _name(office: Office, code: str) -> Sayable | str:
    named = office.activities.get(code)
    return code if named is None else named.meaning
