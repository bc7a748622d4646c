"""The `sql` of an office file: a SELECT over its files and over nothing else."""

from __future__ import annotations

import re

import polars as pl

from cases.sources.base import Unreadable

OPENS_FILES = re.compile(r"\b(read|scan)_\w+", re.IGNORECASE)  # Polars' table functions


def run(sql: str, files: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The result of `sql` over `files` by name; `Unreadable` says what Polars found wrong.

    >>> run("SELECT a FROM t", {"t": pl.DataFrame({"a": ["1"]})}).item()
    '1'
    """
    if name := OPENS_FILES.search(sql):
        raise Unreadable(
            f"may not use the name {name[0]}: a query reads its `files` and nothing else.",
            "Add the file to `files`; give the column another name if it is one.",
        )
    try:
        result = pl.SQLContext(files, register_globals=False).execute(sql, eager=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split("\n\n")[0].split())
        raise Unreadable(f"cannot be run: {reason}.", "Mend the query.") from None
    return result
