"""How many single changes of kept files `triage verify` finds, with what in hand.

    .venv/bin/python benchmarks/tampering.py DEMO/plan DEMO/intake [--changes 1000]

Makes single changes in copies of the folders, each at random: a value, row, column or file is
changed, deleted, inserted, or swapped with another. Prints how many are found, with the
manifest in the folder and with one that was renewed by whoever made the change, and to a reader
who wrote the manifest's hash down. `benchmarks/rewrites.py` is about plans that were rewritten
as a whole.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
from typer.testing import CliRunner

from cases.errors import BadInput
from cases.integrity.manifest import (
    MANIFEST,
    Manifest,
    differences,
    read_manifest,
    write_folder,
)
from cli.app import app

Finds = Callable[[Path], bool]
Table = pl.DataFrame

ACTIONS = ("change", "delete", "insert", "swap")
PARTS = ("value", "row", "column", "file")
TABLES = (".csv", ".parquet")


class Impossible(Exception):
    """This change cannot be made here, such as inserting a value where no cell is empty."""


def tamper(folder: Path, part: str, action: str, luck: random.Random) -> None:
    """Make one change in `folder`, whatever `luck` picks; `Impossible` if it changes nothing.

    The manifest stays as it is: `manifest_bytes` is about that.
    """
    files = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    if part == "file":
        return tamper_file(files, action, luck)
    path = luck.choice([file for file in files if part == "value" or file.suffix in TABLES])
    if path.suffix in TABLES:
        return tamper_table(path, part, action, luck)
    tamper_text(path, action, luck)
    return None


def tamper_file(files: list[Path], action: str, luck: random.Random) -> None:
    """Flip a bit, delete a file, add one, or exchange the contents of two."""
    path, other = luck.sample(files, 2)
    content = path.read_bytes()
    if action == "delete":
        path.unlink()
    elif action == "insert":
        path.with_name(f"copy-{path.name}").write_bytes(content)
    elif action == "swap":
        path.write_bytes(other.read_bytes())
        other.write_bytes(content)
    else:
        index = luck.randrange(len(content))
        flipped = content[index] ^ (1 << luck.randrange(8))
        path.write_bytes(content[:index] + bytes([flipped]) + content[index + 1 :])


def tamper_text(path: Path, action: str, luck: random.Random) -> None:
    """Change, delete or insert a letter, or exchange two next to each other."""
    text = path.read_text("utf-8")
    index = luck.randrange(len(text) - 1)
    first, second, rest = text[index], text[index + 1], text[index + 2 :]
    changed = {
        "change": ("1" if first != "1" else "2") + second,
        "delete": second,
        "insert": f"{first}1{second}",
        "swap": second + first,
    }[action]
    _write_if_other(path, text, text[:index] + changed + rest)


def _write_if_other(path: Path, before: str, after: str) -> None:
    if before == after:
        raise Impossible
    path.write_text(after, "utf-8")


def tamper_table(path: Path, part: str, action: str, luck: random.Random) -> None:
    """Change a table in a value, a row or a column, and write it in its own form."""
    csv = path.suffix == ".csv"
    table = pl.read_csv(path, infer_schema=False) if csv else pl.read_parquet(path)
    after = {"value": with_value, "row": with_row, "column": with_column}[part](table, action, luck)
    if after.schema == table.schema and after.equals(table):
        raise Impossible
    if csv:
        after.write_csv(path)
    else:
        after.write_parquet(path)


def with_value(table: Table, action: str, luck: random.Random) -> Table:
    """Another value, none, one where there was none, or two of a column exchanged."""
    column = table[luck.choice(table.columns)]
    values = column.to_list()
    empty = action == "insert"
    index = _pick([i for i, value in enumerate(values) if (value is None) == empty], luck)
    if action == "swap":
        other = luck.randrange(len(values))
        values[index], values[other] = values[other], values[index]
    else:
        values[index] = None if action == "delete" else _another(values[index], column, luck)
    return table.with_columns(pl.Series(column.name, values, dtype=column.dtype))


def _pick(indices: list[int], luck: random.Random) -> int:
    if not indices:
        raise Impossible
    return luck.choice(indices)


def _another(value: Any, column: pl.Series, luck: random.Random) -> Any:
    """A value of the column's type that is not `value`: one of another row, or one made up."""
    if isinstance(column.dtype, pl.List):
        return [*value, "another"]
    others = sorted(set(column.drop_nulls()) - {value})
    if others:
        return luck.choice(others)
    if column.dtype == pl.String:
        return f"{value or ''}x"
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime):
        return value + timedelta(days=1)
    if isinstance(value, int | float):
        return value + 1
    raise Impossible


def with_row(table: Table, action: str, luck: random.Random) -> Table:
    """A row that is another one, is gone, stands twice, or has changed places."""
    if table.height < 2:
        raise Impossible
    rows = list(range(table.height))
    row, other = luck.sample(rows, 2)
    if action == "change":
        rows[row] = other
    elif action == "delete":
        del rows[row]
    elif action == "insert":
        rows.insert(row, other)
    else:
        rows[row], rows[other] = other, row
    return table[rows]


def with_column(table: Table, action: str, luck: random.Random) -> Table:
    """A column that has its values in reverse, is gone, is there twice, or has another's name."""
    name, other = luck.sample(table.columns, 2)
    if action == "change":
        return table.with_columns(pl.col(name).reverse())
    if action == "delete":
        return table.drop(name)
    if action == "insert":
        return table.with_columns(pl.col(name).alias(f"{name}_2"))
    return table.rename({name: other, other: name})


def changed_copies(
    folder: Path, parent: Path, count: int, luck: random.Random
) -> Iterator[tuple[str, Path]]:
    """Copies of `folder`, each with one change, and what was done; parts and actions in turn."""
    kinds = list(product(PARTS, ACTIONS))
    for number in range(count):
        part, action = kinds[number % len(kinds)]
        yield f"{action} a {part}", _changed_copy(folder, parent / "copy", part, action, luck)


def _changed_copy(folder: Path, copy: Path, part: str, action: str, luck: random.Random) -> Path:
    while True:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        try:
            tamper(copy, part, action, luck)
        except Impossible:
            continue
        return copy


def with_manifest(folder: Path, target: Path) -> Manifest:
    """Write `target` with what `folder` holds, and a manifest of it."""
    files = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    return write_folder(target, {path.name: partial(shutil.copyfile, path) for path in files})


def by_command(folder: Path, *options: str) -> bool:
    """Whether `triage verify` finds that something is wrong, if only by failing."""
    return CliRunner().invoke(app, ["verify", str(folder), *options]).exit_code != 0


def by_renewed(folder: Path, *options: str) -> bool:
    """As `by_command`, where who made the change renewed the manifest, too."""
    with tempfile.TemporaryDirectory() as parent:
        with_manifest(folder, Path(parent, folder.name))
        return by_command(Path(parent, folder.name), *options)


def by_manifest(folder: Path, published: str | None = None) -> bool:
    """Whether the manifest shows it, to one who knows its hash or does not."""
    try:
        return bool(differences(folder, published))
    except BadInput:
        return True


def by_renewed_manifest(folder: Path, published: str | None = None) -> bool:
    """As `by_manifest`, where who made the change renewed the manifest, too."""
    with tempfile.TemporaryDirectory() as parent:
        with_manifest(folder, Path(parent, "renewed"))
        return by_manifest(Path(parent, "renewed"), published)


def count_found(folder: Path, changes: int, ways: dict[str, Finds]) -> dict[str, Counter[str]]:
    """For each way of looking, how many changes of each kind it misses; the same for all."""
    missed: dict[str, Counter[str]] = {name: Counter() for name in ways}
    with tempfile.TemporaryDirectory() as parent:
        for kind, copy in changed_copies(folder, Path(parent), changes, random.Random(1)):  # noqa: S311
            for name, finds in ways.items():
                missed[name][kind] += not finds(copy)
    return missed


def single_changes(folder: Path, changes: int) -> None:
    """Print what each way of looking finds of changes in a kept folder."""
    published = read_manifest(folder).hash
    with tempfile.TemporaryDirectory() as parent:
        kept = Path(shutil.copytree(folder, Path(parent, folder.name)))
        found, size = manifest_bytes(kept, published)
        print(f"{folder.name:8} {found:,} of {size:,} changed bytes of the manifest are found")
    known = ("--manifest", published)
    ways: dict[str, Finds] = {
        "verify": by_command,
        "verify, the manifest's hash known": lambda copy: by_command(copy, *known),
        "verify, the manifest renewed": by_renewed,
        "verify, renewed, its hash known": lambda copy: by_renewed(copy, *known),
    }
    for name, missed in count_found(folder, changes, ways).items():
        share = 1 - missed.total() / changes
        worst = ", ".join(f"{kind} {count}" for kind, count in missed.most_common(3) if count)
        print(f"{folder.name:8} {name:34} {share:6.1%}  most often missed: {worst or '-'}")


def manifest_bytes(folder: Path, published: str) -> tuple[int, int]:
    """Of the bytes of the manifest itself, how many are found when changed, and how many are."""
    path = folder / MANIFEST
    content = path.read_bytes()
    found = 0
    for index, byte in enumerate(content):
        path.write_bytes(content[:index] + bytes([byte ^ 1]) + content[index + 1 :])
        found += by_manifest(folder, published)
    path.write_bytes(content)
    return found, len(content)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="of a plan or an intake")
    parser.add_argument("--changes", type=int, default=1000)
    arguments = parser.parse_args()
    for folder in arguments.folders:
        single_changes(folder, arguments.changes)


if __name__ == "__main__":
    main()
