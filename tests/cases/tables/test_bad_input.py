"""Broken office files and tables: each has its own sentence, none ends in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import BadInput
from tests.factories.files import FILES, load, write


def test_the_unbroken_office_loads(tmp_path: Path) -> None:
    """What the cases below break is valid."""
    tables = load(write(tmp_path))
    assert tables.case_rows.height == 2
    assert tables.event_rows["sequence"].to_list() == [0, 1]


# file | what stands in it | what takes its place | the fault
BROKEN = [
    # the office file
    ("office.toml", "[office]", "[office", "office.toml: is not valid TOML"),
    ("office.toml", 'name = { en = "Test office" }', "", "column office.name: is missing."),
    ("office.toml", "known = ", "know = ", "column attributes.suspects.know: is not a key of an "),
    (
        "office.toml",
        "[attributes.suspects]",
        "[attributes.kind]",
        "column attributes.kind: is the name of a column that every office has.",
    ),
    ("office.toml", '"number"', '"numbr"', 'column attributes.suspects.type, value "numbr": '),
    ("office.toml", 'known = "intake"', 'known = "intak"', "Did you mean `intake`?"),
    ("office.toml", '"cases.csv"', '"../cases.csv"', "must be a path within the data folder"),
    (
        "office.toml",
        'path = "cases.csv"',
        'sql = "SELECT 1"\ndatabase = "postgresql://u:secret@h/d"',
        "office.toml, column tables.cases: `database` holds a password. Put it into",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'sql = "SELECT 1"\ndatabase = "mssql+pyodbc:///?odbc_connect=UID%3Du%3BPwd%3Dsecret"',
        "office.toml, column tables.cases: `database` holds a password. Put it into",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'sql = "SELECT 1"\ndatabase = "cases"',
        "`database` is not the URL of a database.",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'sql = "DELETE FROM cases"\ndatabase = "sqlite:///cases.db"',
        "tables.cases.sql: is not one SELECT.",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'sql = "SELECT 1"\nsheet = "a"\nfiles = { c = "cases.csv" }',
        "give how a file is laid out with the file",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'path = "cases.csv"\ndecimal = ","\nthousands = ","',
        "`thousands` and `decimal` are the same mark",
    ),
    ("office.toml", '"cases.csv"', '"/etc/passwd"', "must be a path within the data folder"),
    ("office.toml", '"cases.csv"', '"C:\\\\cases.csv"', "must be a path within the data folder"),
    ("office.toml", 'path = "cases.csv"', "", "give either `path`, or `sql` together with"),
    (
        "office.toml",
        'path = "cases.csv"',
        'sql = "SELECT 1"',
        "`sql` needs either `files` or a `database`",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'path = "cases.csv"\ndate_format = "%Y %z"',
        "`date_format` takes no zone",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'path = "cases.csv"\ndate_format = "dd.mm.yyyy"',
        "`date_format` needs codes such as %d.%m.%Y",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'path = "cases.csv"\ncolumns = { case = "id" }',
        "names a column that the cases table of an office does not have. Did you mean `case_id`?",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'path = "cases.csv"\ncolumns = { kind = "sort" }',
        "cases.csv, column sort: is a column this table does not have.",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'files = { c = "cases.csv" }\nsql = "SELECT nothing FROM c"',
        'column tables.cases.sql: cannot be run: unable to find column "nothing"',
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'files = { c = "cases.csv" }\nsql = "SELECT ("',
        "column tables.cases.sql: cannot be run: sql parser error",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'files = { c = "cases.csv" }\nsql = "SELECT * FROM Read_CSV(\'/etc/passwd\')"',
        "may not use the name Read_CSV: a query reads its `files` and nothing else.",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        """files = { c = "cases.csv" }
        sql = "SELECT *, '2024-13-01' AS closed_at2 FROM c"
        columns = { closed_at = "closed_at2" }""",
        'tables.cases.sql, row 2, case "a", column closed_at2, value "2024-13-01": is a date or',
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'files = { c = "cases.csv" }\nsql = "SELECT case_id AS kind FROM c"',
        "tables.cases.sql, column case_id: is a column this table does not have. The file has no",
    ),
    # files
    ("office.toml", '"cases.csv"', '"case.csv"', "case.csv: is not there. Put it into the data"),
    ("office.toml", '"cases.csv"', '"cases.docx"', "cases.docx: has an ending that is not read"),
    ("cases.csv", FILES["cases.csv"], "", "cases.csv: is empty."),
    ("cases.csv", "\na,2024-01-01", "\n\na,x", 'cases.csv, row 3, column opened_at, value "x"'),
    ("cases.csv", FILES["cases.csv"][50:], "\n", "cases.csv: has no rows."),
    ("cases.csv", "b,2024", "b,extra,2024", "cases.csv, row 3: this row has 7 cells, the header"),
    ("cases.csv", "b,2024", 'b,"2024', "cases.csv, row 3: has a value whose quotation marks"),
    ("cases.csv", "suspects", "kind", "cases.csv: has two columns named `kind`."),
    ("cases.csv", "suspects", "suspect", "Did you mean `suspect`? Say `suspects = "),
    ("cases.csv", "closed_at", "closed", "cases.csv, column closed_at: is a column this table"),
    (
        "cases.csv",
        "closed_at",
        "received",
        "does not have. There are: received. Say `closed_at = ",
    ),
    (
        "cases.csv",
        FILES["cases.csv"],
        "case_id;opened_at;closed_at\na;2024-01-01;1,5\n",
        'cases.csv, row 2, column closed_at, value "1,5": is not a date.',
    ),
    (
        "cases.csv",
        FILES["cases.csv"],
        "case_id\topened_at\na\t2024-01-01\n",
        "column closed_at: is a col",
    ),
    # cases
    ("cases.csv", "b,2024", ",2024", "cases.csv, row 3, column case_id: is blank."),
    ("cases.csv", "b,2024", "a,2024", 'cases.csv, row 3, column case_id, value "a": is the id of'),
    ("cases.csv", "2024-01-02T09:00", "", "cases.csv, row 3, column opened_at: is blank."),
    ("cases.csv", "2024-02-01", "2023-02-29", 'value "2023-02-29": is a date or time that does'),
    ("cases.csv", "2024-02-01", "2024-02-01T25:00", "is a date or time that does not exist."),
    ("cases.csv", "2024-02-01", "1 Feb 2024", 'value "1 Feb 2024": is not a date. Write it like'),
    ("cases.csv", "2024-02-01", "45323", 'value "45323": is not a date, but perhaps the number'),
    ("cases.csv", "2024-02-01", "2024201", "is a date only if it has eight digits"),
    ("cases.csv", "2024-02-01", "24.2.1", "has a year of two digits"),
    ("cases.csv", "2024-02-01", "1.2.2024", '`date_format = "%d.%m.%Y"` or "%m.%d.%Y".'),
    ("cases.csv", "2024-02-01", "2099-12-31", 'closed_at, value "2099-12-31": lies in the future.'),
    ("cases.csv", "2024-02-01", "NULL", "is not a date. If it means that nothing is known, name"),
    ("cases.csv", ",1,yes", ",n/a,yes", "is not a number. If it means that nothing is known, name"),
    ("cases.csv", ",1,yes", ",1,-", "is not a flag. If it means that nothing is known, name"),
    ("cases.csv", "a,2024", "1.1E+17,2024", "is a number that a spreadsheet has shortened"),
    ("cases.csv", "a,2024", "a\u200b,2024", 'value "a<U+200B>": holds a character that cannot be'),
    ("cases.csv", "2024-01-01", "1824-01-01", 'column opened_at, value "1824-01-01": is not bet'),
    ("cases.csv", "2024-02-01", "2204-02-01", "is not between the years 1900 and 2100."),
    ("cases.csv", "2024-02-01", "2023-12-31", "is before the case was opened."),
    ("cases.csv", ",1,yes", ",one,yes", 'column suspects, value "one": is not a number.'),
    ("cases.csv", ",1,yes", ',"1,000",yes', 'value "1,000": is not a number.'),
    ("cases.csv", ",1,yes", ",inf,yes", 'value "inf": is not a number.'),
    ("cases.csv", ",1,yes", ",nan,yes", 'value "nan": is not a number.'),
    ("cases.csv", ",1,yes", ",1,maybe", 'column detained, value "maybe": is not a flag.'),
    (
        "cases.csv",
        "x,2,",
        "x,," + "".join(f"\nb{number},2024-01-02,,x,," for number in range(6)),
        "cases.csv, column suspects: is blank for all 7 open cases, so it is not known at intake.",
    ),
    # events
    ("events.csv", "b,2024", "c,2024", 'events.csv, row 3, column case_id, value "c": is not a c'),
    ("events.csv", "b,2024", ",2024", "events.csv, row 3, column case_id: is blank."),
    ("events.csv", "b,2024-01-02", "b,", "events.csv, row 3, column at: is blank."),
    ("events.csv", ",,accepted", ",,", "events.csv, row 3, column activity: is blank."),
    ("events.csv", ",,accepted", ",,excepted", 'value "excepted": is not an activity of the offi'),
    ("events.csv", "2024-01-03", "2023-12-03", "is before the event happened. Correct the date;"),
    # reviews
    ("reviews.csv", "a,", "c,", 'reviews.csv, row 2, column case_id, value "c": is not a case of'),
    ("reviews.csv", "a,", "b,", "is a case that is still open; only closed cases are reviewed."),
    ("reviews.csv", "2024-02-05", "2024-01-31", "is before the case was closed."),
    ("reviews.csv", "good", "fine", 'column grade, value "fine": is not a grade of the office'),
    ("reviews.csv", "good", "", "reviews.csv, row 2, column grade: is blank."),
    ("reviews.csv", "good", "fair", 'row 2, column grade, value "fair": was not in force on the'),
    (
        "office.toml",
        'path = "cases.csv"',
        'path = "cases.csv"\ndate_format = { closed = "%Y%m%d" }',
        "is not a column of dates of this table. Did you mean `closed_at`?",
    ),
    (
        "office.toml",
        'path = "cases.csv"',
        'path = "cases.csv"\ndate_format = "%m/%Y"',
        "a year, a m",
    ),
    (
        "office.toml",
        "[tables.cases]",
        'time_zone = "Mars"\n[tables.cases]',
        "is not a time zone such",
    ),
    (
        "office.toml",
        "[attributes.suspects]",
        "[attributes.No-Suspects]",
        'under [tables.cases]: `columns = { no_suspects = "No-Suspects" }`.',
    ),
    (
        "office.toml",
        'maps_to = "good"',
        'maps_to = "bad"',
        'column reviews.grades.fair.maps_to, value "bad": differs in whether it is a defect. Map',
    ),
    ("office.toml", 'maps_to = "good"', 'maps_to = "god"', "Did you mean `good`?"),
    ("office.toml", 'code = "bad"', 'code = "b\uff02d"', 'value "b"d": is not a code'),
    ("office.toml", 'code = "bad"', 'code = "good"', 'grades, value "good": is declared twice.'),
    (
        "office.toml",
        'code = "good"',
        'code = "good"\nmaps_to = "fair"',
        'column reviews.grades.good.maps_to, value "fair": is a code that is old itself.',
    ),
    ("reviews.csv", "0.5", "0", "is not a probability above 0 and at most 1."),
    ("reviews.csv", "0.5", "1.01", "is not a probability above 0 and at most 1."),
    (
        "reviews.csv",
        "facts; documents",
        "facts;document",
        'row 2, column dimensions, value "facts;document": names a dimension that the office file',
    ),
    ("reviews.csv", "documents", "papers", "names a dimension that was not in force on the day"),
    ("office.toml", 'to = "documents"', 'to = "document"', "Did you mean `documents`?"),
    (
        "office.toml",
        'to = "documents"',
        'to = "papers"',
        'reviews.dimensions.papers.maps_to, value "papers": is a code that is old itself.',
    ),
    ("office.toml", '{ en = "facts" }', "{}", "needs words in at least one"),
    ("office.toml", "\nfacts = {", "\n'fa;cts' = {", "column reviews.dimensions"),
    # handlers
    ("handlers.csv", "h1,10", ",10", "handlers.csv, row 2, column handler: is blank."),
    ("handlers.csv", "h1,10", "h1,10\nh1,5", "is the handler of more than one row."),
    ("handlers.csv", "h1,10", "h1,-1", 'handlers.csv, row 2, column capacity, value "-1": is be'),
    ("handlers.csv", "capacity\nh1,10", "most_open\nh1,-1", 'value "-1": is below zero.'),
    (
        "handlers.csv",
        "capacity\nh1,10",
        "absent_from,absent_until\nh1,2024-02-02,2024-02-01",
        'column absent_until, value "2024-02-01": is before the absence begins.',
    ),
    # recusals
    ("recusals.csv", "h1,a,", "h2,a,", 'value "h2": is not a handler of the handler table.'),
    ("recusals.csv", "h1,a,", "h1,,", 'row 2, column handler, value "h1": is recused from noth'),
    ("recusals.csv", "h1,a,", ",a,", "recusals.csv, row 2, column handler: is blank."),
]


@pytest.mark.parametrize(("file", "old", "new", "sentence"), BROKEN)
def test_each_fault_has_its_sentence(
    file: str, old: str, new: str, sentence: str, tmp_path: Path
) -> None:
    """A broken office file or table raises BadInput with the sentence of that fault."""
    assert old in FILES[file]
    folder = write(tmp_path, **{file: FILES[file].replace(old, new, 1)})
    with pytest.raises(BadInput) as refused:
        load(folder)
    assert sentence in str(refused.value)


def test_every_fault_is_found_in_one_run(tmp_path: Path) -> None:
    """Faults of several tables, and several in one row, are all listed."""
    cases = FILES["cases.csv"].replace(",1,yes", ",one,maybe")
    folder = write(
        tmp_path,
        **{
            "cases.csv": cases,
            "events.csv": FILES["events.csv"].replace("accepted", "nothing"),
            "reviews.csv": None,
            "handlers.csv": b"\xff",
        },
    )
    with pytest.raises(BadInput) as refused:
        load(folder)
    found = [(fault.where, fault.row, fault.column) for fault in refused.value.faults]
    assert sorted(found, key=str) == [
        ("cases.csv", 2, "detained"),
        ("cases.csv", 2, "suspects"),
        ("events.csv", 2, "activity"),
        ("events.csv", 3, "activity"),
        ("handlers.csv", 1, None),
        ("reviews.csv", None, None),
    ]


def test_without_its_case_table_an_office_has_no_unknown_cases(tmp_path: Path) -> None:
    """A missing case table is one fault, not one for every event."""
    with pytest.raises(BadInput) as refused:
        load(write(tmp_path, **{"cases.csv": None}))
    assert len(refused.value.faults) == 1


def with_kind(word: str, case_id: str = "a", day: str = "2024-02-05") -> dict[str, str]:
    """The files with kinds of review told apart and one review of the kind `word`."""
    kinds = '\n[reviews.kinds]\ncheck = "self_check"\nrandom = "review"\n'
    head, line = FILES["reviews.csv"].splitlines()
    return {
        "office.toml": FILES["office.toml"] + kinds,
        "reviews.csv": f"{head},kind\n{case_id},{day}{line[len('a,2024-02-05') :]},{word}\n",
    }


@pytest.mark.parametrize("word", ["other", ""])
def test_a_kind_of_review_that_is_not_mapped_is_a_fault(tmp_path: Path, word: str) -> None:
    """Where the office file tells kinds apart, every row is of one of them."""
    with pytest.raises(BadInput, match="is not a kind of review of the office file"):
        load(write(tmp_path, **with_kind(word)))


@pytest.mark.parametrize(("word", "reviews"), [("check", 0), ("random", 1)])
def test_only_independent_reviews_are_reviews(tmp_path: Path, word: str, reviews: int) -> None:
    """A self check is a row of the table and no review."""
    tables = load(write(tmp_path, **with_kind(word)))
    assert (tables.rows("reviews").height, tables.review_rows.height) == (1, reviews)


@pytest.mark.parametrize(("case_id", "day"), [("a", "2024-01-15"), ("b", "2024-02-05")])
def test_the_office_checks_a_case_before_it_is_closed(
    tmp_path: Path, case_id: str, day: str
) -> None:
    """A check keeps its date before the closing, or while the case is open; a review may not."""
    tables = load(write(tmp_path, **with_kind("check", case_id, day)))
    made = tables.rows("reviews")["reviewed_at"].item()
    assert str(made).startswith(day)
    with pytest.raises(BadInput, match=r"before the case was closed|is still open"):
        load(write(tmp_path, **with_kind("random", case_id, day)))


def test_a_check_before_the_opening_is_a_fault(tmp_path: Path) -> None:
    """There was nothing to check yet."""
    with pytest.raises(BadInput, match="is before the case was opened"):
        load(write(tmp_path, **with_kind("check", day="2023-12-31")))


@pytest.mark.parametrize(("case_id", "day"), [("a", "2024-01-15"), ("b", "2024-02-05")])
def test_where_risk_is_asked_at_intake_an_open_case_is_reviewed(
    tmp_path: Path, case_id: str, day: str
) -> None:
    """The review keeps its day, before the closing or without one; it is not before the opening."""
    files = with_kind("random", case_id, day)
    files["office.toml"] += '\n[risk]\nat = "intake"\n'
    tables = load(write(tmp_path, **files))
    assert str(tables.review_rows["reviewed_at"].item()).startswith(day)
    early = with_kind("random", case_id, "2023-12-31") | {"office.toml": files["office.toml"]}
    with pytest.raises(BadInput, match="is before the case was opened"):
        load(write(tmp_path, **early))
