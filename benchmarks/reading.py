"""How fast tables are read with every check, beside Polars' own reader; and in how much memory.

    .venv/bin/python benchmarks/reading.py [--rows 5000000] [--sheet-rows 300000]

Makes a CSV of cases, one of events whose remarks are quoted, and a workbook of ten columns.
Each is read in a process of its own. Prints rows a second, the time of Polars' reader for the
same bytes in the same run and the ratio, and the peak memory over the size of the table.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl

from cases.progress import silent
from cases.sources import source_of
from cases.sources.base import Layout

GIB = 2**30
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def main() -> None:
    """Make the files, read each, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--sheet-rows", type=int, default=300_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = _frame(chosen.rows)
        cases.write_csv(folder / "cases.csv")
        remarks = pl.Series("note", ['seen, "twice"', "none", ""]).sample(
            chosen.rows, with_replacement=True, seed=0
        )
        cases.with_columns(remarks).write_csv(folder / "events.csv")
        _write_workbook(_frame(chosen.sheet_rows), folder / "cases.xlsx")
        for file in ("cases.csv", "events.csv", "cases.xlsx"):
            print(_apart(folder / file), flush=True)


def _apart(path: Path) -> str:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measured, path).result()


def _measured(path: Path) -> str:
    """One file read by this project, then by Polars alone where it can."""
    before = _peak()
    start, busy = time.perf_counter(), _busy()
    reading = source_of(path).read(path, Layout(), silent)
    seconds, busy = time.perf_counter() - start, _busy() - busy
    here, child = _peak() - before, _peak(resource.RUSAGE_CHILDREN)
    size, height = reading.frame.estimated_size(), reading.frame.height
    line = (
        f"{path.name}: {height:,} rows in {seconds:.2f} s, {height / seconds:,.0f} a second; "
        f"processors busy {busy:.1f} s; table {size / GIB:.2f} GiB, "
        f"peak {here / GIB:.2f} GiB ({here / size:.1f} times)"
    )
    if path.suffix != ".csv":
        return f"{line}, in the process that reads it {child / GIB:.2f} GiB"
    start = time.perf_counter()
    pl.read_csv(path.read_bytes(), infer_schema=False, null_values="")
    alone = time.perf_counter() - start
    return f"{line}; Polars alone {alone:.2f} s, ratio {seconds / alone:.2f}"


def _peak(who: int = resource.RUSAGE_SELF) -> int:
    """The most memory so far, in bytes."""
    return resource.getrusage(who).ru_maxrss * 1024


def _busy() -> float:
    """The seconds that processors worked for this process and its own ones so far."""
    used = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in used)


def _frame(rows: int) -> pl.DataFrame:
    """Cases with ids, dates, codes, an amount and flags."""
    rng = np.random.default_rng(0)
    days = rng.integers(0, 3500, rows)
    opened = pl.Series(np.datetime64("2015-01-01") + days.astype("timedelta64[D]"))
    return pl.DataFrame(
        {
            "case_id": pl.int_range(rows, eager=True).cast(pl.String).str.zfill(9),
            "opened_at": opened,
            "closed_at": opened.dt.offset_by("40d"),
            "kind": rng.choice(["盗窃", "诈骗", "theft", "fraud"], rows),
            "unit": rng.choice(["一部", "二部", "三部"], rows),
            "handler": rng.integers(100, 300, rows),
            "amount": np.round(rng.gamma(2, 5000, rows), 2),
            "suspects": rng.integers(1, 6, rows),
            "note": rng.choice(["plain", "none"], rows),
            "detained": rng.choice(["true", "false"], rows),
        }
    )


def _write_workbook(frame: pl.DataFrame, path: Path) -> None:
    """The frame as the first sheet of an `.xlsx`, numbers as numbers, the rest as text."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    link = f'<Relationships xmlns="{package}"><Relationship Id="a" Type="{office}/'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels", f'{link}officeDocument" Target="xl/workbook.xml"/></Relationships>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'{link}worksheet" Target="sheet1.xml"/></Relationships>'
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SHEET.split(chr(34))[1]}" xmlns:r="{office}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>',
        )
        with archive.open("xl/sheet1.xml", "w") as sheet:
            sheet.write(SHEET.encode())
            sheet.write(_xml_row(frame.columns))
            for row in frame.cast({pl.Date: pl.String}).iter_rows():
                sheet.write(_xml_row(row))
            sheet.write(b"</sheetData></worksheet>")


def _xml_row(row: object) -> bytes:
    cells = "".join(
        f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
        if isinstance(cell, str)
        else f"<c><v>{cell}</v></c>"
        for cell in row  # type: ignore[attr-defined]
    )
    return f"<row>{cells}</row>".encode()


if __name__ == "__main__":
    main()
