"""How many changes of kept files are found: by whom, with what in hand.

    .venv/bin/python benchmarks/tampering.py OFFICE [--changes 1000]

OFFICE is the folder of a demo office with its `plan` and its `intake` (`triage demo`). Makes
single changes in copies of both folders, each at random: a value, row, column or file is
changed, deleted, inserted, or swapped with another; and twelve rewrites of a plan that are
consistent with themselves. Prints how many are found by `triage verify`, by the manifest, and
by the commitment; and how many seeds an office has to try in private to spare three cases.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
from typer.testing import CliRunner

from cases.errors import BadInput
from cases.integrity.canonical import Domain, digest
from cases.integrity.manifest import (
    MANIFEST,
    Manifest,
    differences,
    write_folder,
)
from cases.office.loading import load_office
from cli.app import app
from policies.spot_check.commitment import Beacon, PlanInputs, commit, draw_seed
from policies.spot_check.committed import check
from policies.spot_check.plan import PlanParameters
from policies.spot_check.planning import draw_plan
from policies.spot_check.verify import LISTED, Kept, verify

Finds = Callable[[Path], bool]
Table = pl.DataFrame

ACTIONS = ("change", "delete", "insert", "swap")
PARTS = ("value", "row", "column", "file")
TABLES = (".csv", ".parquet")
SECRET, VALUE = "0123456789abcdef", "3 7 12 31 40 8"
MADE_AT = datetime(2026, 7, 1)
BEACON = Beacon(source="a lottery", time=datetime(2026, 7, 2))
MOST_SEEDS = 10_000


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


def by_command(folder: Path) -> bool:
    """Whether `triage verify` finds that something is wrong, if only by failing."""
    try:
        return CliRunner().invoke(app, ["verify", str(folder)]).exit_code != 0
    except pl.exceptions.PanicException:
        return True


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
    with tempfile.TemporaryDirectory() as parent:
        kept = Path(parent, folder.name)
        published = with_manifest(folder, kept).hash
        found, size = manifest_bytes(kept, published)
        print(f"{folder.name:8} {found:,} of {size:,} changed bytes of the manifest are found")
        ways: dict[str, Finds] = {
            "triage verify": by_command,
            "manifest, its hash not known": by_manifest,
            "manifest, its hash known": partial(by_manifest, published=published),
            "renewed manifest, its hash not known": by_renewed_manifest,
            "renewed manifest, its hash known": partial(by_renewed_manifest, published=published),
        }
        for name, missed in count_found(kept, changes, ways).items():
            share = 1 - missed.total() / changes
            worst = ", ".join(f"{kind} {count}" for kind, count in missed.most_common(3) if count)
            print(f"{folder.name:8} {name:38} {share:6.1%}  most often missed: {worst or '-'}")


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


def inputs_of(office: Path) -> PlanInputs:
    """What the office's kept plan was drawn from."""
    kept = json.loads((office / "plan" / "plan.json").read_text("utf-8"))
    return PlanInputs.of(
        pl.read_parquet(office / "plan" / "frame.parquet"),
        PlanParameters.model_validate(kept["parameters"]),
        load_office(office / "office.toml"),
        digest(Domain.MODEL, kept["model"]),
        kept["model"]["versions"]["plumbline"],
    )


def rewrites(inputs: PlanInputs) -> Iterator[tuple[str, PlanInputs]]:
    """Twelve other plans, each as consistent with itself as the one committed to."""
    frame, parameters, office = inputs.frame, inputs.parameters, dict(inputs.office)
    riskiest = pl.col("risk") == pl.col("risk").max()
    added = frame.tail(1).with_columns(case_id=pl.lit("zzz"))
    yield "a case removed", replace(inputs, frame=frame.filter(~riskiest))
    yield "a case added", replace(inputs, frame=pl.concat([frame, added]))
    low = pl.when(riskiest).then(0.001).otherwise("risk").alias("risk")
    yield "a risk", replace(inputs, frame=frame.with_columns(low))
    yield "a rule", replace(inputs, office=office | {"rules": office["rules"][1:]})
    kinds = {"reviews": office["reviews"] | {"kinds": {"self check": "review"}}}
    yield "kind of a review", replace(inputs, office=office | kinds)
    yield "order of the frame", replace(inputs, frame=frame.reverse())
    yield "model", replace(inputs, model=digest(Domain.MODEL, "another"))
    day = datetime.fromisoformat(str(parameters["as_of"])) - timedelta(days=1)
    for name, change in {
        "quota": {"per_unit": {"at_least": 1, "share": 0.0, "at_most": None}},
        "capacity": {"capacity": parameters["capacity"] - 1},
        "seed": {"seed": draw_seed("fedcba9876543210", VALUE)},
        "as-of day": {"as_of": day.isoformat()},
        "floor": {"floor": 0.01},
    }.items():
        yield name, replace(inputs, parameters=dict(parameters) | change)


def by_redraw(inputs: PlanInputs) -> bool:
    """Whether a plan drawn from rewritten inputs shows it when it is drawn once more."""
    known = {name: inputs.parameters[name] for name in PlanParameters.model_fields}
    plan = draw_plan(inputs.frame, PlanParameters.model_validate(known))
    lines = plan.lines.select(pl.col(LISTED).cast(pl.String))
    return not verify(Kept(plan.describe(), plan.frame, lines)).matches


def consistent_rewrites(office: Path) -> None:
    """Print which rewrites are found with nothing, a commitment, and a beacon, too."""
    plain = inputs_of(office)
    shown = [by_redraw(changed) for _name, changed in rewrites(plain)]
    print(f"rewrites: {sum(shown)} of {len(shown)} found by drawing again")
    for name, value, beacon in (("commitment", None, None), ("and beacon", VALUE, BEACON)):
        seed = SECRET if value is None else draw_seed(SECRET, value)
        inputs = replace(plain, parameters=dict(plain.parameters) | {"seed": seed})
        promised = commit(inputs, SECRET, MADE_AT, beacon)
        assert check(promised, inputs, SECRET, value) == []
        found = {
            change: bool(check(promised, changed, SECRET, value))
            for change, changed in rewrites(inputs)
        }
        missed = ", ".join(change for change, seen in found.items() if not seen)
        print(f"{name}: {sum(found.values())} of {len(found)} found; missed: {missed or '-'}")


def seeds_to_spare(office: Path) -> None:
    """Print how many seeds are tried in private until three cases of the draw are not drawn."""
    inputs = inputs_of(office)
    parameters = PlanParameters.model_validate(inputs.parameters)
    drawn = draw_plan(inputs.frame, parameters).lines.filter(pl.col("selected_by") == "lottery")
    spared = set(drawn["case_id"].head(3))
    for tried in range(1, MOST_SEEDS):
        other = parameters.model_copy(update={"seed": str(tried)})
        if spared.isdisjoint(draw_plan(inputs.frame, other).lines["case_id"]):
            print(f"seed {tried} tried in private spares three cases; a beacon leaves none to try")
            return


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("office", type=Path, help="folder of the demo office")
    parser.add_argument("--changes", type=int, default=1000)
    arguments = parser.parse_args()
    for name in ("plan", "intake"):
        single_changes(arguments.office / name, arguments.changes)
    consistent_rewrites(arguments.office)
    seeds_to_spare(arguments.office)


if __name__ == "__main__":
    main()
