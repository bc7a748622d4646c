"""Small workbooks as spreadsheet programs write them: `.xlsx`, `.ods` and old `.xls`.

A cell is None, a text, a number, a bool, a date or a moment; `Raw` stands for what a program
may write besides. Rows are lists of cells; sheets are rows by name.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

FIRST_DAY = datetime(1899, 12, 30)  # day 0 of the serial numbers after February 1900
FALSE_LEAP_DAY = datetime(1900, 3, 1)  # Excel counts a 29 February before it


@dataclass(frozen=True)
class Raw:
    """The inside of a cell: its XML, and its type in an `.xlsx`, its attributes in an `.ods`."""

    kind: str
    inside: str


Cell = None | str | int | float | bool | date | datetime | Raw
Rows = Sequence[Sequence[Cell]]


def serial(moment: date) -> float:
    """A date as the number that Excel keeps."""
    whole = moment if isinstance(moment, datetime) else datetime(*moment.timetuple()[:3])
    return (whole - FIRST_DAY) / timedelta(days=1) - (whole < FALSE_LEAP_DAY)


def letters(column: int) -> str:
    """The name of a column, 0 is A."""
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def xlsx(
    sheets: Mapping[str, Rows], merged: Sequence[str] = (), hidden: Sequence[str] = ()
) -> bytes:
    """A workbook of Excel 2007 and later; `merged` are ranges such as A1:B1 of every sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"'
        + (' state="hidden"/>' if name in hidden else "/>")
        for n, name in zip(numbers, sheets, strict=True)
    )
    targets = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}">{targets}<Relationship Id="s" '
            f'Type="{office}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{main}"><cellXfs count="3"><xf numFmtId="0"/>'
            '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
        ),
    }
    merges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    merges = f"<mergeCells>{merges}</mergeCells>" if merges else ""
    for n, rows in zip(numbers, sheets.values(), strict=True):
        data = "".join(_xlsx_row(number, row) for number, row in enumerate(rows, start=1))
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData>{merges}</worksheet>'
        )
    return _zipped(parts)


def _zipped(parts: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def _xlsx_row(number: int, row: Sequence[Cell]) -> str:
    cells = (_xlsx_cell(f"{letters(at)}{number}", cell) for at, cell in enumerate(row))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _xlsx_cell(at: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Raw):
        return f'<c r="{at}" t="{cell.kind}">{cell.inside}</c>'
    if isinstance(cell, str):
        text = f'<is><t xml:space="preserve">{escape(cell)}</t></is>'
        return f'<c r="{at}" t="inlineStr">{text}</c>'
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, date):
        style = 2 if isinstance(cell, datetime) else 1
        return f'<c r="{at}" s="{style}"><v>{serial(cell)!r}</v></c>'
    return f'<c r="{at}"><v>{cell!r}</v></c>'


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """An OpenDocument spreadsheet."""
    names = ("office", "table", "text")
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names
    )
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return _zipped(
        {
            "mimetype": mime,
            "META-INF/manifest.xml": (
                f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry '
                f'manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>'
            ),
            "content.xml": (
                f"<office:document-content{spaces}><office:body><office:spreadsheet>{tables}"
                "</office:spreadsheet></office:body></office:document-content>"
            ),
        }
    )


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, Raw):
        formula = 'table:formula="of:=[.A1]"'
        return f"<table:table-cell {formula} {cell.kind}>{cell.inside}</table:table-cell>"
    if isinstance(cell, bool):
        kind = f'"boolean" office:boolean-value="{str(cell).lower()}"'
    elif isinstance(cell, date):
        kind = f'"date" office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, int | float):
        kind = f'"float" office:value="{cell!r}"'
    else:
        kind = '"string"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(cell).split("\n"))
    return f"<table:table-cell office:value-type={kind}>{lines}</table:table-cell>"


def xls(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of Excel 97 to 2003 (BIFF8 in a compound file)."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0x07CC, 0, 6))
    codepage = _record(0x0042, struct.pack("<H", 1200))
    formats = b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, code, 0, 0, 0, 0, 0, 0, 0, 0))
        for code in (0, 14, 22)
    )
    end = _record(0x000A, b"")
    parts = [_xls_sheet(rows) for rows in sheets.values()]
    names = [_xls_text(name, "<B") for name in sheets]
    offset = len(start + codepage + formats + end) + sum(4 + 6 + len(name) for name in names)
    listed = b""
    for name, part in zip(names, parts, strict=True):
        listed += _record(0x0085, struct.pack("<IH", offset, 0) + name)
        offset += len(part)
    return _compound(start + codepage + formats + listed + end + b"".join(parts))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _xls_text(text: str, length: str = "<H") -> bytes:
    return struct.pack(length, len(text)) + b"\x01" + text.encode("utf-16-le")


def _xls_sheet(rows: Rows) -> bytes:
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0x07CC, 0, 6))
    width = max(map(len, rows), default=0)
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    cells = b"".join(
        _xls_cell(row, column, cell)
        for row, line in enumerate(rows)
        for column, cell in enumerate(line)
        if cell is not None
    )
    return start + size + cells + _record(0x000A, b"")


def _xls_cell(row: int, column: int, cell: Cell) -> bytes:
    if isinstance(cell, str):
        return _record(0x0204, struct.pack("<HHH", row, column, 0) + _xls_text(cell))
    if isinstance(cell, bool):
        return _record(0x0205, struct.pack("<HHHBB", row, column, 0, cell, 0))
    style = 2 if isinstance(cell, datetime) else 1 if isinstance(cell, date) else 0
    assert not isinstance(cell, Raw)
    value = serial(cell) if isinstance(cell, date) else float(cell or 0)
    return _record(0x0203, struct.pack("<HHHd", row, column, style, value))


def _compound(stream: bytes) -> bytes:
    """A compound file (MS-CFB) that holds one stream, Workbook."""
    sector, free, last, is_fat = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    stream = stream.ljust(max(4096, -(-len(stream) // sector) * sector), b"\0")
    data = len(stream) // sector
    fats = 1
    while fats * sector // 4 < data + fats + 1:
        fats += 1
    chain = [is_fat] * fats + [last] + [*range(fats + 2, fats + 1 + data), last]
    chain += [free] * (fats * sector // 4 - len(chain))
    heads = [*range(fats)] + [free] * (109 - fats)
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"",
        *(0x3E, 3, 0xFFFE, 9, 6),
        b"",
        *(0, fats, fats, 0, 4096, last, 0, last, 0),
    )
    folder = _entry("Root Entry", 5, 1, last, 0) + _entry(
        "Workbook", 2, free, fats + 1, len(stream)
    )
    return (
        header
        + struct.pack("<109I", *heads)
        + struct.pack(f"<{len(chain)}I", *chain)
        + folder.ljust(sector, b"\0")
        + stream
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        text,
        len(text) + 2,
        *(kind, 1),
        *(0xFFFFFFFF, 0xFFFFFFFF, child),
        b"",
        *(0, 0, 0, start, size),
    )
