"""Text with separated cells, as programs and people write it."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.progress import silent
from cases.sources import csv as source
from cases.sources.base import Layout, Reading, Unreadable
from cases.sources.csv import regular
from cases.sources.csv.start import SEPARATORS
from cases.sources.edges import TitleAbove

GB = "（2024）京检一号,2024-01-05,盗窃\n".encode("gb18030")
FOUND = Layout()


def read(content: bytes, folder: Path, layout: Layout = FOUND, name: str = "table.csv") -> Reading:
    """The content, written to a file and read."""
    path = folder / name
    path.write_bytes(content)
    return source.read(path, layout, silent)


def fault(content: bytes, folder: Path, layout: Layout = FOUND) -> tuple[str, int | None]:
    """What is wrong with the content, and the row."""
    with pytest.raises(Unreadable) as unreadable:
        read(content, folder, layout)
    return str(unreadable.value.problem), unreadable.value.row


def notes(reading: Reading) -> str:
    """What a reading says of itself."""
    return " ".join(map(str, reading.notes))


def quoted(cell: str, separator: str, *, always: bool) -> str:
    """A cell in quotation marks, always or where it must be."""
    must = always or any(mark in cell for mark in (separator, '"', "\r", "\n"))
    return '"' + cell.replace('"', '""') + '"' if must else cell


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffd")
    | st.sampled_from('",;\t\n\r" ='),
    max_size=12,
).filter(lambda text: not text.startswith('="'))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    cells=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    separator=st.sampled_from(list(SEPARATORS)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    always=st.booleans(),
)
def test_what_is_written_is_read(
    cells: list[tuple[str, str, str]],
    separator: str,
    encoding: str,
    line_end: str,
    always: bool,
    tmp_path: Path,
) -> None:
    """Every dialect that a CSV writer knows comes back cell by cell."""
    mark = SEPARATORS[separator]
    lines = [("one", "two", "three"), *cells]
    text = "".join(
        mark.join(quoted(c, mark, always=always) for c in row) + line_end for row in lines
    )
    said = encoding.removesuffix("-sig").removesuffix("-le")
    reading = read(text.encode(encoding), tmp_path, Layout(encoding=said))
    blank = [not any(cell.strip() for cell in row) for row in cells]
    filled = [
        tuple(cell or None for cell in row) for row, no in zip(cells, blank, strict=True) if not no
    ]
    rows = [row for row in reading.frame.rows() if any(cell and cell.strip() for cell in row)]
    assert rows == filled
    assert reading.layout.separator == separator


@pytest.mark.parametrize(
    ("content", "problem", "row"),
    [
        (b"", "is empty.", None),
        (b" \n\n", "is empty.", None),
        (b"\xef\xbb\xbf", "is empty.", None),
        (b"\xef", "is not UTF-8 text.", 1),
        (b"a,b\n1,2\n3,4,5\n", "this row has 3 cells, the header has 2.", 3),
        (b"a,b\nx,1,\n2,3\n", "this row has 3 cells, the header has 2.", 2),
        (b"a,b\n1,2\n\n3\n", "this row has 1 cells, the header has 2.", 4),
        (b'a,b\n1,2\n3,"4\n', "has a value whose quotation marks do not match.", 3),
        (b'a,b\n1,"x\n2"\n3,"4" 5\n', "has text after a closing quotation mark.", 3),
        (b'a,b\n1,"5\\""\n2,"x"\n3,"7\\""\n', "has text after a closing quotation mark.", 2),
        (b'a,b\n1, "x"\n', "has a blank before a quotation mark.", 2),
        (b"a,b,a\n1,2,3\n", "has two columns named `a`.", None),
        (b"a,b\n1,2\n3,\x004\n", "has a control character (code 0).", 3),
        (b"a,b\n1,2\n3,\x7f\n", "has a control character (code 127).", 3),
        ("a,b\n1,�\n".encode(), "holds the sign U+FFFD: letters were lost when it was", 2),
        (b"a,b;c,d;e\n1,2;3,4;5\n", "could be separated by , or by ;.", None),
        ("a,b\n1,Müller und Söhne\n".encode("latin-1"), "is not UTF-8 text", 2),
        (b"a,b\n1," + b"x" * 1_000_001 + b"\n", "has a cell of more than 1,000,000 letters.", 2),
    ],
)
def test_a_fault_names_the_row(
    content: bytes, problem: str, row: int | None, tmp_path: Path
) -> None:
    """What can be read in two ways, or in none, is said with the row as a spreadsheet counts."""
    found, at = fault(content, tmp_path)
    assert found.startswith(problem)
    assert at == row


def test_every_short_row_is_named(tmp_path: Path) -> None:
    """A cell that is not there may have been left out anywhere."""
    found = fault(b"a,b\n1\n2,3\n4\n", tmp_path)
    assert found == (
        "this row has 1 cells, the header has 2. Nor do these rows fit it: 4.",
        2,
    )


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"a,b,c\n" + GB, "gb18030"),
        (b"a,b,c\r\n" + GB, "gb18030"),
        ("案号,b\n1,2\n".encode(), "utf-8"),
        ("案号,b\n1,2\n".encode("utf-8-sig"), "utf-8"),
        ("案号,b\n1,2\n".encode("utf-16"), "utf-16"),
        ("案号,b\n1,2\n".encode("utf-16-le"), "utf-16"),
        ("案号,b\n1,2\n".encode("utf-16-be"), "utf-16"),
    ],
)
def test_the_encoding_is_found_and_said(content: bytes, encoding: str, tmp_path: Path) -> None:
    """Strict UTF-8 first, then UTF-16 by its zeros or mark, then strict GB18030."""
    reading = read(content, tmp_path)
    assert reading.layout.encoding == encoding
    assert encoding.upper() in notes(reading)
    assert reading.frame.row(0)[-1] in ("2", "盗窃")


def test_an_encoding_that_is_said_is_strict(tmp_path: Path) -> None:
    """No letter is replaced or left out."""
    content = "a,b\n1,Müller und Söhne\n".encode("latin-1")
    assert fault(content, tmp_path, Layout(encoding="utf-8")) == ("is not UTF-8 text.", 2)
    reading = read(content, tmp_path, Layout(encoding="windows-1252"))
    assert reading.frame.rows() == [("1", "Müller und Söhne")]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b"sep=;\na;b\n1;2\n", ("1", "2")),
        (b"sep=,\r\na,b\r\n1;2,3\r\n", ("1;2", "3")),
        (b"a;b;c, in EUR\nx;y;1,5\n", ("x", "y", "1,5")),
        (b'"a";"b, in EUR"\n"x";"1,5"\n', ("x", "1,5")),
        (b"a\tb\nx, y\tz\n", ("x, y", "z")),
        (b"a,b\n1,x;y;z\n", ("1", "x;y;z")),
        (b'a,b\n1,2"\n', ("1", '2"')),
        (b"a,b\n1,2,,\n\n3,4,,\n", ("1", "2")),
        (b"a,b\r1,2\r", ("1", "2")),
        (b'a,b\n="001",="x"\n', ("001", "x")),
        (b'*,^.$\n="001",="x"\n', ("001", "x")),
        (b'a,b\n"=""001""",2\n', ("001", "2")),
        (b'a,b\n1,"say \\"no\\" twice"\n2,x\n', ("1", 'say "no" twice')),
    ],
)
def test_what_is_meant_is_read(content: bytes, row: tuple[str, ...], tmp_path: Path) -> None:
    """What programs write and a spreadsheet reads in one way."""
    assert read(content, tmp_path).frame.row(0) == row


def test_a_separator_that_is_said_counts(tmp_path: Path) -> None:
    """Where two could be meant."""
    content = b"a,b;c,d;e\n1,2;3,4;5\n"
    reading = read(content, tmp_path, Layout(separator=";"))
    assert reading.frame.columns == ["a,b", "c,d", "e"]


def test_what_was_done_is_said(tmp_path: Path) -> None:
    """Cells left out, guards taken off, a total set aside."""
    content = b'id,n\n="01",1,\n="02",2,\n\xe5\x90\x88\xe8\xae\xa1,3,\n'
    reading = read(content, tmp_path)
    assert reading.frame.rows() == [("01", "1"), ("02", "2")]
    assert notes(reading) == (
        "Text in UTF-8, separated by commas; its header is row 1. "
        "3 rows have blank cells beyond the header; they were left out. "
        'Column id: 2 cells written as ="…" were read as the text inside. '
        "Row 4 is a total of the rows above and was left out."
    )


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    """A value of two lines is in one row; blank rows count, and are no rows of the table."""
    reading = read(b'a,b\n"1\n2",3\n\n4,5\n', tmp_path)
    numbered = dict(zip(reading.rows, reading.frame["b"], strict=True))
    assert numbered == {2: "3", 3: None, 4: "5"}
    assert sum(any(row) for row in reading.frame.rows()) == 2


TITLED = "2024年案件台账,,\n案号,立案日期,结案日期\nC1,2024-01-05,\n".encode()


def test_a_title_above_the_header_is_named(tmp_path: Path) -> None:
    """The fault says where the header seems to be; the key reads it."""
    with pytest.raises(TitleAbove) as unreadable:
        read(TITLED, tmp_path)
    assert (unreadable.value.row, unreadable.value.header_row) == (1, 2)
    reading = read(TITLED, tmp_path, Layout(header_row=2))
    assert reading.frame.columns == ["案号", "立案日期", "结案日期"]
    assert reading.rows.to_list() == [3]
    assert fault(TITLED, tmp_path, Layout(header_row=9))[0].startswith("has no row 9")


def test_a_header_of_one_name_is_no_title(tmp_path: Path) -> None:
    """Rows of values below it are not taken for a header."""
    assert read(b"id,\nc1,2024\n", tmp_path).frame.columns == ["id", "column 2"]


def test_a_small_file_does_not_unpack_to_a_huge_one(tmp_path: Path) -> None:
    """Beyond a hundred times its size, unless the office file allows it."""
    content = gzip.compress(b"a,b\n" + b"1,2\n" * 70_000_000)
    with pytest.raises(Unreadable, match=r"holds more than 0\.25 GiB"):
        read(content, tmp_path, name="table.csv.gz")


def regular_by_hand(content: bytes, width: int) -> bool:
    """The same as `is_regular`, a letter at a time."""
    quoted, cells, blank = False, [1], [True]
    for at, letter in enumerate(content):
        before, after = content[at - 1 : at], content[at + 1 : at + 2]
        if letter == ord('"'):
            well = (
                after in (b",", b"\n", b'"', b"") if quoted else before in (b"", b",", b"\n", b'"')
            )
            if not well:
                return False
            quoted = not quoted
        if not quoted and letter == ord(","):
            cells[-1] += 1
        if not quoted and letter == ord("\n"):
            cells.append(1)
            blank.append(True)
        else:
            blank[-1] = False
    wanted = sum(width - 1 for no in blank if not no)
    return not quoted and sum(cells) - len(cells) == wanted


@settings(max_examples=400)
@given(text=st.text('a,"\n', max_size=150), width=st.integers(1, 3))
def test_looking_at_many_bytes_is_looking_at_each(text: str, width: int) -> None:
    """Quotes, separators and lines are found alike, also across pieces of 64 bytes."""
    content = text.encode()
    assert regular.is_regular(content, ",", width) == regular_by_hand(content, width)


@settings(max_examples=50)
@given(text=st.text('a,"\n', min_size=60, max_size=200))
def test_pieces_are_put_together(text: str) -> None:
    """A mark at the end of one piece opens what the next one holds."""
    content = text.encode()
    marks = np.frombuffer(content, np.uint8) == ord('"')
    whole = np.unpackbits(regular._inside(marks, quoted=False), bitorder="little")[: len(marks)]
    after = np.unpackbits(
        regular._inside(marks[50:], quoted=bool(marks[:50].sum() % 2)), bitorder="little"
    )[: len(marks) - 50]
    assert whole[50:].tolist() == after.tolist()


@pytest.mark.parametrize(
    ("words", "encoding", "could_be_both"),
    [
        ("\u4e00\u5ead", "gbk", True),
        ("\u5211\u4e00\u5ead", "gbk", False),
        ("K\u00f6ln \u00a7 5", "utf-8", False),
        ("\u0441\u0443\u0434", "utf-8", False),
        ("\u03b4\u03af\u03ba\u03b7", "utf-8", False),
    ],
)
def test_chinese_that_is_utf8_by_chance_is_a_fault(
    words: str, encoding: str, could_be_both: bool, tmp_path: Path
) -> None:
    """Short names of courts can be; a word in one alphabet is what it looks like."""
    content = f"id,unit\n1,{words}\n".encode(encoding)
    if could_be_both:
        said, row = fault(content, tmp_path)
        assert said.startswith("could be UTF-8 text, or Chinese text in GB18030.")
        assert row == 2
    layout = Layout(encoding=encoding if could_be_both else None)
    assert read(content, tmp_path, layout).frame["unit"].to_list() == [words]


def test_an_encoding_that_was_guessed_is_a_doubt(tmp_path: Path) -> None:
    """Korean and Japanese text can look like Chinese."""
    content = "id,unit\n1,\ud615\uc0ac\ubd80\n".encode("euc_kr")
    (doubt,) = read(content, tmp_path).doubts
    assert str(doubt.problem) == "is read as Chinese text in GB18030, which is a guess."
    assert read(content, tmp_path, Layout(encoding="gb18030")).doubts == ()
    assert read(b"id,unit\n1,a\n", tmp_path).doubts == ()


def test_utf32_is_named(tmp_path: Path) -> None:
    """It begins as UTF-16 does."""
    assert fault("id\n1\n".encode("utf-32"), tmp_path)[0].startswith("is UTF-32 text")


@pytest.mark.parametrize("end", [b",\n" * 5, b",\r\n\r\n", b"", b","])
def test_blank_rows_at_the_end_are_left_out(end: bytes, tmp_path: Path) -> None:
    """However many: they are not rows of the table."""
    reading = read(b'id,unit\n1,"a,\n"\n,\n2,\n' + end, tmp_path)
    assert reading.frame.rows() == [("1", "a,\n"), (None, None), ("2", None)]
    assert read(b"id,unit\n" + end, tmp_path).frame.is_empty()
