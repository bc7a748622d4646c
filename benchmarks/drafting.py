"""How much of an office file `triage draft` gets right, and what is left to do by hand.

For the raw files of the public data sets and for made-up Chinese exports: the roles found, the
edits of the file until `triage check` finds nothing wrong with it (rows at fault are set aside and
counted), and whether every case id is read as it stands in the file.

Usage: `python -m benchmarks.drafting [NAME ...]`
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from cases.draft.draft import Draft, Raw
from cases.draft.drafting import draft_office
from cases.draft.office_file import office_toml
from cases.errors import BadInput
from cases.office.loading import load_office
from cases.progress import silent
from cases.tables.reading import read_tables
from cli.files.raw_tables import read_database, read_files
from tests.cases.draft.exports import EXPORTS, IN_DATABASE
from tests.factories.real_data import DATA

Roles = Mapping[tuple[str, str], str | tuple[str, ...]]  # of ours, the columns that are right

Read = Callable[[], list[Raw]]

LOG = {
    ("events", "case_id"): "case:concept:name",
    ("events", "at"): "time:timestamp",
    ("events", "activity"): "concept:name",
    ("events", "actor"): "org:resource",
    ("cases", "case_id"): "case:concept:name",
}
PUBLIC: dict[str, tuple[Sequence[str], Roles]] = {
    "eu_state_aid": (
        ("cases.csv.gz", "decisions.csv.gz"),
        {
            ("cases", "case_id"): "case_id",
            ("cases", "opened_at"): "notification_date",
            ("cases", "closed_at"): "outcome_date",
            ("cases", "kind"): "case_type",
            ("cases", "unit"): ("department", "department_code"),
            # decisions.csv has the dates of the case alone, so that it is no event table.
        },
    ),
    "police_complaints": (
        ("cases.csv.gz", "assignments.csv.gz", "findings.csv.gz", "victims.csv.gz"),
        {
            ("cases", "case_id"): "cr_id",
            ("cases", "opened_at"): "complaint_date",
            ("cases", "closed_at"): "closed_date",
            ("events", "case_id"): "cr_id",
            ("events", "at"): "assigned_date",
            ("events", "activity"): "investigator_type",
            ("events", "actor"): "investigator_id",
        },
    ),
    "road_traffic_fines": (
        ("Road_Traffic_Fine_Management_Process.xes.gz",),
        {
            **LOG,
            ("cases", "opened_at"): "time:timestamp",
            ("cases", "closed_at"): "time:timestamp",
        },
    ),
    "permit_receipt": (
        ("receipt.xes.gz",),
        {
            **LOG,
            ("cases", "opened_at"): "case:startdate",
            ("cases", "closed_at"): "case:enddate",
            ("cases", "unit"): "case:department",
            ("cases", "handler"): "case:responsible",
        },
    ),
}


@dataclass(frozen=True)
class Tried:
    """One office drafted: roles right of those there are, and what became of the file."""

    name: str
    right: int
    roles: int
    edits: int
    aside: int
    lossless: bool
    seconds: float


def tried(name: str, folder: Path, expected: Roles, read: Read, ids: Sequence[str] | str) -> Tried:
    """Draft an office of what is `read`, and hold it against what its columns are.

    `ids` are those of its cases, or the column of its first table that holds them.
    """
    started = time.perf_counter()
    raws = read()
    draft = draft_office(raws, "en")
    seconds = time.perf_counter() - started
    found = {
        (table.name, ours): guess.theirs
        for table in draft.tables
        for ours, guess in table.guesses.items()
    }
    right = sum(_is_right(found.get(role), columns) for role, columns in expected.items())
    wrong = sum(role not in expected for role in found)
    edits, aside, found_ids = _checked(draft, folder)
    meant = raws[0].frame[ids].drop_nulls() if isinstance(ids, str) else ids
    same = set(found_ids) == set(meant)
    return Tried(name, right, len(expected) + wrong, edits, aside, same, seconds)


def _is_right(found: str | None, columns: str | tuple[str, ...]) -> bool:
    return found in (columns if isinstance(columns, tuple) else (columns,))


def _checked(draft: Draft, folder: Path) -> tuple[int, int, list[str]]:
    """Edits that the file needs, rows that are set aside, and the ids of all cases read."""
    with tempfile.TemporaryDirectory() as scratch:
        file, aside = Path(scratch, "office.toml"), Path(scratch, "aside.csv")
        file.write_text(office_toml(draft), "utf-8")
        try:
            tables = read_tables(load_office(file), folder, set_aside=aside)
        except BadInput as error:
            faults = {(fault.where, fault.column) for fault in error.faults if fault.row is None}
            return len(faults), 0, []
        rows = pl.read_csv(aside, infer_schema=False)
        case_id = "case_id" if draft.tables[0].select else draft.tables[0].guesses["case_id"].theirs
        left_out = [json.loads(row).get(case_id) for row in rows["row_as_read"]]
        return 0, rows.height, [*tables.case_rows["case_id"], *filter(None, left_out)]


def all_tried(wanted: Sequence[str]) -> Iterator[Tried]:
    """Every office, or those that are wanted."""
    for name, (files, expected) in PUBLIC.items():
        if not wanted or name in wanted:
            folder = (DATA / name).resolve()
            read = partial(read_files, [folder / file for file in files], folder, silent)
            yield tried(name, folder, expected, read, str(expected["cases", "case_id"]))
    for name, make in EXPORTS.items():
        if not wanted or name in wanted:
            with tempfile.TemporaryDirectory() as made:
                folder = Path(made)
                export, paths = make(folder)
                ids = export.tables["cases"].to_series(0).to_list()
                yield tried(name, folder, export.roles, partial(_read, paths, folder), ids)


def _read(paths: Sequence[Path], folder: Path) -> list[Raw]:
    if paths[0].suffix == ".db":
        url = f"sqlite:///{paths[0].name}"
        return read_database(list(IN_DATABASE.values()), url, folder, silent)
    return read_files(paths, folder, silent)


def main() -> None:
    """Print the table."""
    print("| Office | roles right | edits | rows set aside | ids as in the file | seconds |")
    print("|---|---|---|---|---|---|")
    right = roles = 0
    for one in all_tried(sys.argv[1:]):
        right, roles = right + one.right, roles + one.roles
        ids = "all" if one.lossless else "not all"
        print(
            f"| {one.name} | {one.right} of {one.roles} | {one.edits} | {one.aside:,} | {ids} "
            f"| {one.seconds:.1f} |",
            flush=True,
        )
    print(f"| all | {right} of {roles} ({right / roles:.0%}) | | | | |")


if __name__ == "__main__":
    main()
