"""The `sql` of an office file: a SELECT over its files and over nothing else."""

from __future__ import annotations

import re

import polars as pl

from cases.language.messages import _
from cases.sources.base import Unreadable

OPENS_FILES = re.compile(r"\b(read|scan)_\w+", re.IGNORECASE)  # Polars' table functions


def run(sql: str, files: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The result of `sql` over `files` by name; `Unreadable` says what Polars could not do.

    >>> run("SELECT a FROM t", {"t": pl.DataFrame({"a": ["1"]})}).item()
    '1'
    """
    if name := OPENS_FILES.search(sql):
        raise Unreadable(
            _(
                "may not use the name {name}: a query reads its `files` and nothing else.",
                name=name[0],
            ),
            _("Add the file to `files`; give the column another name if it is one."),
        )
    try:
        result = pl.SQLContext(files, register_globals=False).execute(sql, eager=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split("\n\n")[0].split())
        problem = _("cannot be run: {reason}.", reason=reason)
        raise Unreadable(problem, _("Correct the query.")) from None
    return result
