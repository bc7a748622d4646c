"""What may be wrong with whole columns and tables is a warning, or a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import BadInput
from cases.language.catalogues import SOURCE
from cases.office.loading import load_office
from cases.tables.arrivals.new_cases import read_new_cases
from tests.factories.files import FILES, load, write

OFFICE = FILES["office.toml"]
ZONED = OFFICE.replace("[office]", '[office]\ntime_zone = "Asia/Shanghai"')
CASES = "case_id,opened_at,closed_at,kind,unit,handler,suspects,detained\n"


def warnings(folder: Path, **files: str) -> str:
    """What is said about the small office with these files, each warning on a line."""
    report = load(write(folder, **files)).report
    assert report is not None
    return "\n".join(warning.say(SOURCE) for warning in report.warnings)


def faults(folder: Path, **files: str) -> str:
    """The faults of the small office with these files, each on a line."""
    with pytest.raises(BadInput) as refused:
        load(write(folder, **files))
    return str(refused.value)


def test_a_sound_office_has_no_warning(tmp_path: Path) -> None:
    """Only what is doubtful is said; its column `recorded_at` has a value."""
    assert warnings(tmp_path, **{"recusals.csv": "handler,case_id,party\nh1,a,p1\n"}) == ""


@pytest.mark.parametrize("word", ["无", "NULL", "n/a", "/", "ＮＵＬＬ", "——"])
@pytest.mark.parametrize("column", ["kind", "unit", "handler"])
def test_a_word_for_blank_is_a_warning(tmp_path: Path, word: str, column: str) -> None:
    """In any column of codes and names; named under `blank`, it is blank."""
    row = {"kind": "x", "unit": "u", "handler": "h1"} | {column: word}
    cases = CASES + f"a,2024-01-01,2024-02-01,{row['kind']},{row['unit']},{row['handler']},1,yes\n"
    cases += "b,2024-01-02,,x,u,h1,2,\n"
    said = warnings(tmp_path, **{"cases.csv": cases})
    assert f'row 2, column {column}, value "' in said
    assert "looks like a word for blank (rows: 1)." in said
    named = OFFICE.replace("[office]", f'[office]\nblank = ["{word}"]')
    assert "looks like" not in warnings(tmp_path, **{"cases.csv": cases, "office.toml": named})
    of_table = OFFICE.replace('"cases.csv"', f'"cases.csv"\nblank = ["{word}"]')
    assert "looks like" not in warnings(tmp_path, **{"cases.csv": cases, "office.toml": of_table})


def test_a_party_that_is_a_word_for_blank(tmp_path: Path) -> None:
    """In the recusals a warning; of a new case a fault."""
    assert 'column party, value "无"' in warnings(
        tmp_path, **{"recusals.csv": "handler,case_id,party\nh1,,无\n"}
    )
    tables = load(write(tmp_path))
    (tmp_path / "new.csv").write_text(
        "case_id,opened_at,kind,suspects,parties\nn,2024-03-01,x,1,p1;无\n", encoding="utf-8"
    )
    with pytest.raises(BadInput, match="names a party that looks like a word for blank"):
        read_new_cases(tables, tmp_path / "new.csv")


@pytest.mark.parametrize("other", ["张 三", "张　三"])
def test_names_that_differ_only_in_spaces_are_a_warning_and_not_merged(
    tmp_path: Path, other: str
) -> None:
    """They stay two people, since they may be."""
    cases = CASES + f"a,2024-01-01,,x,u,张三,1,\nb,2024-01-02,,x,u,{other},2,\n"
    files = {
        "cases.csv": cases,
        "handlers.csv": "handler\n张三\n",
        "recusals.csv": "handler,party\n",
    }
    no_reviews = {"reviews.csv": "case_id,reviewed_at,grade\n"}
    said = warnings(tmp_path, **files, **no_reviews)
    assert "differ only in spaces, capital letters or both" in said
    assert load(tmp_path).case_rows["handler"].n_unique() == 2
    assert "has open cases (1) and is not in the handler table" in said
    assert "Did you mean `张三`?" in said


def test_ids_that_differ_only_in_spaces_are_a_warning(tmp_path: Path) -> None:
    """A case that another table names otherwise would be a fault; two here are a warning."""
    cases = FILES["cases.csv"] + "(1) a,2024-01-01,,x,1,\n(1)a,2024-01-01,,x,1,\n"
    assert 'column case_id, value "' in warnings(tmp_path, **{"cases.csv": cases})


def test_a_column_blank_in_every_row_is_a_warning(tmp_path: Path) -> None:
    """As one is whose values could not be kept by the program that wrote the file."""
    events = FILES["events.csv"].replace("2024-01-03", "")
    assert "column recorded_at: is blank in every row." in warnings(
        tmp_path, **{"events.csv": events}
    )


def test_codes_written_as_decimals_are_a_warning(tmp_path: Path) -> None:
    """Another table would not name them so."""
    cases = FILES["cases.csv"].replace(",x,", ",10.0,")
    assert 'column kind, value "10.0": holds whole numbers written with a decimal point' in (
        warnings(tmp_path, **{"cases.csv": cases})
    )


@pytest.mark.parametrize(
    ("ids", "lost"),
    [
        (("110000000000000000", "120000000000000000"), True),
        (("1234567890123450", "1234567890123460"), False),
        (("110000000000000000", "120000000000000001"), False),
    ],
)
def test_ids_that_lost_their_last_digits_are_refused(
    tmp_path: Path, ids: tuple[str, str], lost: bool
) -> None:
    """Zeros from the sixteenth digit on in all ids, unless that can be chance."""
    cases = f"case_id,opened_at,closed_at,suspects,detained\n{ids[0]},2024-01-01,,1,\n"
    files = {
        "cases.csv": cases + f"{ids[1]},2024-01-01,,1,\n",
        "events.csv": "case_id,at,activity\n",
        "reviews.csv": "case_id,reviewed_at,grade\n",
        "recusals.csv": "handler,party\n",
    }
    if lost:
        assert "a spreadsheet has lost their last digits" in faults(tmp_path, **files)
    else:
        assert "spreadsheet" not in warnings(tmp_path, **files)


def test_several_offsets_need_a_time_zone(tmp_path: Path) -> None:
    """In one column or in several tables; no comparison of such times is made before."""
    cases = FILES["cases.csv"].replace(
        "2024-01-01,2024-02-01", "2024-01-05T09:00+08:00,2024-01-05T03:00Z"
    )
    events = FILES["events.csv"].replace("2024-01-01,2024-01-03", "2024-01-05T02:00Z,")
    reviews = FILES["reviews.csv"]
    files = {"cases.csv": cases, "events.csv": events, "reviews.csv": reviews}
    said = faults(tmp_path, **files)
    assert said.count("the tables have several: which clock") == 3
    assert "time_zone" in said
    assert "is before the case was opened" not in said
    tables = load(write(tmp_path, **files, **{"office.toml": ZONED}))
    assert str(tables.case_rows["closed_at"][0]) == "2024-01-05 11:00:00"


def test_times_in_utc_are_a_warning(tmp_path: Path) -> None:
    """One offset is the office's clock, but few offices have theirs on UTC."""
    events = (
        FILES["events.csv"]
        .replace("2024-01-01,", "2024-01-01T03:00Z,")
        .replace("2024-01-02,", "2024-01-02T03:00Z,")
    )
    assert "column at: gives its times in UTC" in warnings(tmp_path, **{"events.csv": events})
    both = {"events.csv": events, "office.toml": ZONED}
    assert "in UTC" not in warnings(tmp_path, **both)


def test_a_table_doubled_by_a_join_is_refused(tmp_path: Path) -> None:
    """Every row twice, in any table that may name a case twice."""
    for file in ("events.csv", "reviews.csv", "recusals.csv"):
        header, *rows = FILES[file].splitlines()
        doubled = "\n".join([header, *rows, *rows]) + "\n"
        assert f"{file}: holds {len(rows):,} rows that are copies" in faults(
            tmp_path, **FILES | {file: doubled}
        )


def test_a_copy_is_a_warning(tmp_path: Path) -> None:
    """Two equal events may have happened; two equal reviews by one reviewer are one."""
    events = FILES["events.csv"] + "b,2024-01-04,,accepted\na,2024-01-01,2024-01-03,accepted\n"
    assert "events.csv, row 5: is a copy of row 2 (such rows: 1)." in warnings(
        tmp_path, **{"events.csv": events}
    )
    reviews = "case_id,reviewed_at,reviewer,grade\na,2024-02-05,r1,good\na,2024-02-05,r2,good\n"
    assert "copy" not in warnings(tmp_path, **{"reviews.csv": reviews})
    again = reviews + "a,2024-02-05,r1,good\n"
    assert "reviews.csv, row 4: is the same review as row 2." in faults(
        tmp_path, **FILES | {"reviews.csv": again}
    )


def test_warnings_come_with_the_faults(tmp_path: Path) -> None:
    """So that all is seen at once."""
    cases = FILES["cases.csv"].replace(",x,1", ",NULL,one")
    write(tmp_path, **{"cases.csv": cases})
    with pytest.raises(BadInput) as refused:
        load(tmp_path)
    assert len(refused.value.faults) == 1
    assert "looks like a word for blank" in refused.value.warnings[0].say(SOURCE)


def test_codes_of_the_office_file_are_folded_as_the_tables_are(tmp_path: Path) -> None:
    """A grade declared in full-width brackets is the one the reviews give in any brackets."""
    office = OFFICE.replace('code = "bad"', 'code = "（差）"')
    for grade in ("(差)", "（差）"):
        reviews = f"case_id,reviewed_at,grade\na,2024-02-05,{grade}\n"
        tables = load(write(tmp_path, **{"office.toml": office, "reviews.csv": reviews}))
        assert tables.office.defect_grades == {"(差)"}
        assert tables.review_rows["grade"].to_list() == ["(差)"]
    assert load_office(tmp_path / "office.toml").present_grades["(差)"] == "(差)"


def test_numbers_that_may_be_thousands(tmp_path: Path) -> None:
    """Three decimals in every row are a warning; another form beside them says what they are."""
    rows = CASES + "a,2024-01-01,2024-02-01,x,u,h1,1.500,\nb,2024-01-02,,x,u,h1,{},\n"
    said = 'column suspects, value "1.500": has three decimals in every row'
    assert said in warnings(tmp_path, **{"cases.csv": rows.format("12.000")})
    for other in ("2", "0.125", "1.500"):
        assert said not in warnings(tmp_path, **{"cases.csv": rows.format(other)})


def test_zeros_in_front_that_a_spreadsheet_dropped(tmp_path: Path) -> None:
    """A handler, open cases or none, and the case of a review that only lack zeros are said."""
    cases = CASES + "007,2024-01-01,2024-01-02,x,u,7,1,\n8,2024-01-02,2024-01-03,x,u,8,2,\n"
    events = {"events.csv": "case_id,at,activity\n"}
    files = {"cases.csv": cases, "handlers.csv": "handler\n007\n8\n"} | events
    no_reviews = {"reviews.csv": "case_id,reviewed_at,grade\n"}
    said = warnings(tmp_path, **files, **no_reviews, **{"recusals.csv": "handler,party\n"})
    assert 'row 2, column handler, value "7": is written otherwise in the handler table' in said
    assert 'value "8"' not in said
    reviews = {"reviews.csv": "case_id,reviewed_at,grade\n7,2024-02-01,good\n"}
    with pytest.raises(BadInput) as refused:
        load(write(tmp_path, **files, **reviews, **{"recusals.csv": "handler,party\n"}))
    (said_of_case,) = [one.say(SOURCE) for one in refused.value.warnings if one.column == "case_id"]
    assert 'value "7": is written otherwise in the cases table: “007” (rows: 1).' in said_of_case


@pytest.mark.parametrize("word", ["合计", "总 计", "Total:", "制表人：张三", "审核:李四"])
def test_a_total_is_nobody(tmp_path: Path, word: str) -> None:
    """A total or a note below a table is no handler and no case, wherever the row stands."""
    problem = "is a total, or a note below the table. Remove the row."
    handlers = f"handler,capacity\nh1,2\n{word},3\nh2,1\n"
    assert problem in faults(tmp_path, **{"handlers.csv": handlers})


@pytest.mark.parametrize("name", ["Sum", "审核人1", "总计科", "Totally"])
def test_a_name_like_a_total_is_a_name(tmp_path: Path, name: str) -> None:
    """People and units may be called so."""
    handlers = f"handler,capacity\nh1,2\n{name},3\nh2,1\n"
    assert "is a total" not in warnings(tmp_path, **{"handlers.csv": handlers})
