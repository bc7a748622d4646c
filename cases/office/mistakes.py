"""What is wrong with a value of the office file, by the kind of error that pydantic reports."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from cases.language.catalogues import CODE as LANGUAGE_CODE
from cases.language.messages import Message, Sayable, _, listed
from cases.office.base import CODE, NAME, WRONG

# Kinds of pydantic error; what they say of themselves (`ge`, `max_length`) fills the sentence.
PROBLEMS: dict[str, Message] = {
    "string_type": _("is not text, which stands in quotes."),
    "string_too_long": _("has more than {max_length:,} letters."),
    "string_too_short": _("is empty."),
    "too_short": _("has fewer than {min_length} entries."),
    "bool_type": _("is neither true nor false."),
    "bool_parsing": _("is neither true nor false."),
    "float_type": _("is not a number."),
    "float_parsing": _("is not a number."),
    "int_type": _("is not a whole number."),
    "int_parsing": _("is not a whole number."),
    "int_parsing_size": _("is too large."),
    "int_from_float": _("is not a whole number."),
    "greater_than": _("is not above {gt:g}."),
    "greater_than_equal": _("is below {ge:g}."),
    "less_than": _("is not below {lt:g}."),
    "less_than_equal": _("is above {le:g}."),
    "model_type": _("is not a table of keys and values."),
    "dict_type": _("is not a table of keys and values."),
    "tuple_type": _("is not a list."),
    "date_type": _("is not a date such as 2026-06-30."),
    "date_parsing": _("is not a date such as 2026-06-30."),
    "date_from_datetime_parsing": _("is not a date such as 2026-06-30."),
    "date_from_datetime_inexact": _("is not a date such as 2026-06-30, without a time."),
    "no_words": _("needs words in at least one language."),
}
PATTERNS = {
    NAME: _("is not a name: small letters, digits and `_`, a letter first, at most 60."),
    CODE: _("is not a code: at most 80 letters, without quotation marks and `;`, no blank first."),
    LANGUAGE_CODE: _("is not a language code such as en or zh."),
}
OTHERWISE = _("is not something that may stand there.")


def problem_of(error: Any) -> Sayable:
    """What is wrong, in a sentence of ours: from an entry of `ValidationError.errors()`."""
    context = error.get("ctx", {})
    if error["type"] == WRONG:
        problem: Sayable = context["problem"]
        return problem
    if error["type"] == "literal_error":
        codes = re.findall(r"'([^']*)'", context["expected"])
        return _("is not one of: {codes}.", codes=listed(codes))
    if error["type"] == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], OTHERWISE)
    return replace(PROBLEMS.get(error["type"], OTHERWISE), values=context)
