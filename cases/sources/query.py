"""The `sql` of an office file: a SELECT over its files and over nothing else."""

from __future__ import annotations

import re

import polars as pl

from cases.language.messages import _
from cases.sources import apart
from cases.sources.apart import Bounds, answered, run_apart, working_folder
from cases.sources.base import Layout, Unreadable, most_content
from cases.sources.statement import check_select, unquoted

MOST_SECONDS = 60  # the slowest example office takes 5 on two cores
LEAST_MEMORY = 2 * 2**30  # bytes that a query may always take beside its files
SHARE = 4  # of the memory that is free, one part in so many
RECURSIVE = re.compile(r"\bwith\s+recursive\b", re.IGNORECASE)
OPENS_FILES = re.compile(r"\b(read|scan)_\w+", re.IGNORECASE)  # Polars' table functions


def run(sql: str, files: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The result of `sql` over `files` by name, computed in a process with bounds.

    `Unreadable` says that it is not one SELECT, what Polars could not do, or that it took too
    much time or memory.

    >>> run("SELECT a FROM t", {"t": pl.DataFrame({"a": ["1"]})}).item()
    '1'
    """
    _check(sql)
    with working_folder() as folder:
        for number, frame in enumerate(files.values()):
            frame.write_ipc(folder / f"{number}.arrow")
        sizes = [file.stat().st_size for file in folder.iterdir()]
        task = {"sql": sql, "files": list(files)}
        answer = run_apart("sql.py", task, folder, bounds=_bounds(sum(sizes)))
        if answer["error"] is None:
            return answered(folder / "result.arrow", max(most_content(Layout()), *sizes))
    reason = " ".join(answer["error"].split("\n\n")[0].split())
    raise Unreadable(_("cannot be run: {reason}.", reason=reason), _("Correct the query."))


def _bounds(files: int) -> Bounds:
    """What a query over `files`, in bytes, may take: a share of what is free beside them."""
    share = max(LEAST_MEMORY, apart.free_memory() // SHARE) + files
    return Bounds(min(MOST_SECONDS, apart.MOST_SECONDS), min(share, apart.MOST_MEMORY))


def _check(sql: str) -> None:
    """`Unreadable` unless it is one SELECT over files that are given, and none without end."""
    check_select(sql)
    if RECURSIVE.search(unquoted(sql)):
        problem = _("may not use RECURSIVE: such a query can run without end.")
        raise Unreadable(problem, _("Write it without."))
    if name := OPENS_FILES.search(sql):
        raise Unreadable(
            _(
                "may not use the name {name}: a query reads its `files` and nothing else.",
                name=name[0],
            ),
            _("Add the file to `files`; give the column another name if it is one."),
        )
