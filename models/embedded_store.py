"""The versions in MLflow's own SQLite file, read without MLflow, whose import takes seconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

VERSIONS = """
SELECT version, creation_time, source, run_id FROM model_versions
WHERE name = ? AND current_stage <> 'Deleted_Internal'
"""
TAGS = "SELECT version, key, value FROM model_version_tags WHERE name = ?"
ALIASES = "SELECT alias, version FROM registered_model_aliases WHERE name = ?"


@dataclass(frozen=True)
class Entry:
    """A version of a registered model, with the names that MLflow's client gives its parts."""

    name: str
    version: str
    creation_timestamp: int
    source: str
    run_id: str
    tags: dict[str, str]


def read(database: Path, name: str) -> tuple[list[Entry], dict[str, str]] | None:
    """The versions of a registered model, and which of them each alias stands for.

    None if the file cannot be read, or not as the tables of MLflow 3.
    """
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as store:
            tags: dict[str, dict[str, str]] = {}
            for version, key, value in store.execute(TAGS, [name]):
                tags.setdefault(str(version), {})[key] = value
            entries = list(_entries(store, name, tags))
            aliases = {alias: str(of) for alias, of in store.execute(ALIASES, [name])}
    except sqlite3.Error:
        return None
    return entries, aliases


def _entries(
    store: sqlite3.Connection, name: str, tags: dict[str, dict[str, str]]
) -> Iterator[Entry]:
    for number, created, source, run_id in store.execute(VERSIONS, [name]):
        version = str(number)
        yield Entry(name, version, int(created), source, run_id, tags.get(version, {}))


def folder_of(source: str) -> Path | None:
    """The folder on this machine that a version's files are in; None if they are elsewhere.

    >>> folder_of("file:///a%20b/artifacts")
    PosixPath('/a b/artifacts')
    """
    address = urlsplit(source)
    here = address.scheme == "file" and not address.netloc
    return Path(unquote(address.path)) if here else None
