"""What an office file may ask a database or its files: one SELECT, which writes nothing."""

from __future__ import annotations

import re

from cases.language.messages import _
from cases.sources.base import Unreadable

QUOTED = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | (\$\w*\$).*?\1 | --[^\n]* | /\*.*?\*/""",
    re.DOTALL | re.VERBOSE,
)
WRITES = re.compile(
    r"\b(insert|update|delete|merge|into|create|alter|drop|truncate|grant|call|do|copy|attach)\b",
    re.IGNORECASE,
)


def check_select(sql: str) -> None:
    """`Unreadable` unless `sql` is one SELECT and writes nothing.

    >>> check_select("WITH a AS (SELECT 'into') SELECT * FROM a;")
    """
    words = unquoted(sql).strip().removesuffix(";").strip()
    if not re.match(r"(select|with)\b", words, re.IGNORECASE) or ";" in words:
        problem = _("is not one SELECT.")
        raise Unreadable(problem, _("Give one statement that begins with SELECT or WITH."))
    if found := WRITES.search(words):
        problem = _("may not use the word {word}: a query only reads.", word=found[0])
        raise Unreadable(problem, _("Put the name into quotation marks if it is one."))


def unquoted(sql: str) -> str:
    """The words of a query, without what stands in quotation marks and remarks.

    >>> unquoted("SELECT 'a' -- all").split()
    ['SELECT']
    """
    return QUOTED.sub(" ", sql)
