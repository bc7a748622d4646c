"""The ways to choose cases for review that are compared with one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cases.language.messages import Message, _

Choice = Literal["plan", "all_random", "top_of_the_list"]
Way = Literal[Choice, "top_plus_random"]  # a replay tries one more

CHOICES: Mapping[Way, Message] = {
    "plan": _("this plan"),
    "all_random": _("all drawn at random"),
    "top_of_the_list": _("top of the list"),
    "top_plus_random": _("top of the list and a tenth at random"),
}
