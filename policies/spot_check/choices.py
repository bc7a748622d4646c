"""The ways to choose cases for review that are compared with one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from cases.language.messages import Message, _

Choice = Literal["plan", "all_random", "top_of_the_list"]
Way = Literal[Choice, "top_plus_random"]  # a replay tries one more

WAYS: tuple[Way, ...] = get_args(Way)
CHOICES: Mapping[Way, Message] = {
    "plan": _("This system's draw"),
    "all_random": _("All at random"),
    "top_of_the_list": _("Top of the list"),
    "top_plus_random": _("Top and a tenth at random"),
}
