"""Which column of a table is taken for which of ours, and what is left to people."""

from __future__ import annotations

import tomllib

import polars as pl
import pytest

from cases.draft.draft import Draft, Raw
from cases.draft.drafting import draft_office
from cases.draft.office_file import office_toml
from cases.errors import BadInput
from cases.office.loading import parse_office
from tests.cases.draft.exports import PINYIN, PLAIN, WITH_EVENTS, Export, renamed

EXPORTS = {"plain": PLAIN, "with events": WITH_EVENTS, "pinyin": PINYIN}


def drafted(export: Export) -> Draft:
    """The office drafted from an export; its files have names that say nothing."""
    raws = [
        Raw(f"t{number}", frame, f"t{number}.csv")
        for number, frame in enumerate(export.tables.values())
    ]
    return draft_office(raws, "en")


@pytest.mark.parametrize("names", EXPORTS.values(), ids=EXPORTS)
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y"])
def test_every_role_is_found(names: dict[str, dict[str, str]], form: str) -> None:
    """By what Chinese offices call their columns, in words or by the letters of the pinyin."""
    export = renamed(names, form)
    draft = drafted(export)
    found = {
        (table.name, ours): guess.theirs
        for table in draft.tables
        for ours, guess in table.guesses.items()
    }
    assert found == export.roles
    assert {own.theirs: own.type for own in draft.attributes} == export.attributes


@pytest.mark.parametrize("names", EXPORTS.values(), ids=EXPORTS)
def test_the_text_is_an_office_file(names: dict[str, dict[str, str]]) -> None:
    """It loads, and no attribute is used before somebody says when it is known."""
    export = renamed(names)
    office = parse_office(tomllib.loads(office_toml(drafted(export))), "office.toml")
    assert office.attributes == {}
    assert len(office.unanswered) == len(export.attributes)


@pytest.mark.parametrize("names", EXPORTS.values(), ids=EXPORTS)
def test_no_person_is_quoted(names: dict[str, dict[str, str]]) -> None:
    """Examples are of dates, codes and numbers, never of who did something."""
    export = renamed(names)
    text = office_toml(drafted(export))
    people = {"handler", "actor", "reviewer", "title"}
    for table, columns in names.items():
        for ours, theirs in columns.items():
            if ours in people:
                values = export.tables[table][theirs].unique()
                assert not [value for value in values if value in text]


def test_a_file_without_cases_is_refused() -> None:
    """A table of prices is no case table."""
    prices = Raw("prices", pl.DataFrame({"good": ["a", "b"], "price": ["1", "2"]}), "prices.csv")
    with pytest.raises(BadInput, match="could be the id of a case"):
        draft_office([prices], "en")


def test_reviews_in_the_case_table_become_a_table_of_their_own() -> None:
    """Their columns are no facts of a case."""
    tables = renamed(WITH_EVENTS).tables
    both = tables["cases"].join(tables["reviews"], on="案号", how="left")
    both = both.with_columns(pl.col("评查结果").fill_null("无"))
    draft = draft_office([Raw("cases", both, "cases.csv")], "en")
    reviews = draft.table("reviews")
    assert reviews is not None
    assert {ours: guess.theirs for ours, guess in reviews.guesses.items()} == {
        "case_id": "案号",
        "reviewed_at": "评查日期",
        "reviewer": "评查人",
        "grade": "评查结果",
    }
    assert reviews.where == '"评查结果" IS NOT NULL AND "评查结果" <> \'无\''
    assert not {"评查结果", "评查日期"} & {own.theirs for own in draft.attributes}
    parse_office(tomllib.loads(office_toml(draft)), "office.toml")


def test_an_event_log_is_cases_and_events() -> None:
    """A query makes a case of what is the same in all of its rows."""
    rows = [
        (case, f"e{case}{step}", f"2024-0{step + 1}-01T09:00:00.000+0{1 + step // 2}:00", what, who)
        for case in range(1, 40)
        for step, (what, who) in enumerate([("opened", "a"), ("heard", "b"), ("decided", "a")])
    ]
    names = ("case:concept:name", "id", "time:timestamp", "concept:name", "org:resource")
    log = pl.DataFrame(rows, names, orient="row").cast(pl.String)
    log = log.with_columns(pl.lit("fraud").alias("case:matter"))
    draft = draft_office([Raw("log", log, "log.xes")], "en")
    cases, events = draft.table("cases"), draft.table("events")
    assert cases is not None
    assert events is not None
    assert cases.group_by == "case:concept:name"
    assert cases.select["opened_at"] == 'MIN("time:timestamp")'
    assert cases.select["closed_at"] == 'MAX("time:timestamp")'
    assert {ours: guess.theirs for ours, guess in events.guesses.items()} == {
        "case_id": "case:concept:name",
        "at": "time:timestamp",
        "activity": "concept:name",
        "actor": "org:resource",
    }
    assert draft.time_zone == "Europe/Berlin"


def test_several_rows_of_a_case_become_one() -> None:
    """In a list of the accused, say; what differs between them is left out."""
    accused = pl.DataFrame(
        {
            "案号": [f"c{number // 3}" for number in range(90)],
            "收案日期": [f"2024-01-{number // 3 % 28 + 1:02}" for number in range(90)],
            "结案日期": [f"2024-02-{number // 3 % 28 + 1:02}" for number in range(90)],
            "案由": [("盗窃", "诈骗")[number // 3 % 2] for number in range(90)],
            "羁押": [("是", "否")[number % 2] for number in range(90)],
        }
    )
    draft = draft_office([Raw("accused", accused, "accused.csv")], "en")
    (cases,) = draft.tables
    assert cases.select["kind"] == 'MIN("案由")'
    assert [column.theirs for column in cases.left_out] == ["羁押"]
    parse_office(tomllib.loads(office_toml(draft)), "office.toml")


def test_what_fits_nowhere_is_named() -> None:
    """With the column that holds the case, and how to count its rows."""
    tables = renamed(WITH_EVENTS).tables
    victims = tables["cases"].select("案号").with_columns(age=pl.lit("40"))
    raws = [Raw("cases", tables["cases"], "a.csv"), Raw("victims", victims, "v.csv")]
    text = office_toml(draft_office(raws, "en"))
    assert "# Not used: v.csv." in text
    assert 'LEFT JOIN (SELECT "案号", COUNT(*)' in text


def test_a_file_of_reviewers_is_known_by_its_name() -> None:
    """By columns alone it could be any list of people; nobody stands in it twice."""
    export = renamed(PLAIN)
    raws = [Raw(f"t{i}", frame, f"t{i}.csv") for i, frame in enumerate(export.tables.values())]
    people = pl.DataFrame({"姓名": ["甲", "乙"], "部门": ["一部", "二部"]})
    twice = pl.concat([people, people])
    for name, frame, found in (
        ("评查员", people, {"reviewer": "姓名", "unit": "部门"}),
        ("名单", people, {}),
        ("评查员", twice, {}),
    ):
        table = draft_office([*raws, Raw(name, frame, f"{name}.csv")], "zh").table("reviewers")
        guesses = {} if table is None else table.guesses
        assert {ours: guess.theirs for ours, guess in guesses.items()} == found


def test_the_join_names_the_whole_column_and_its_file() -> None:
    """Also where the name is long."""
    tables, long = renamed(WITH_EVENTS).tables, "number of the case " * 5
    victims = tables["cases"].select(pl.col("案号").alias(long), age=pl.lit("40"))
    raws = [Raw("cases", tables["cases"], "a.csv"), Raw("victims", victims, "v.csv")]
    text = office_toml(draft_office(raws, "en"))
    assert f'ON victims."{long}" = cases."案号"' in text
    assert 'files = { cases = "a.csv", victims = "v.csv" }' in text


def test_words_among_dates_are_proposed_and_a_missing_closing_is_said() -> None:
    """One word does not cost the closing; without one the file says so."""
    export = renamed(PLAIN)
    cases, name = export.tables["cases"], export.roles["cases", "closed_at"]
    closing = pl.Series(name, ["2026-01-05"] * (cases.height - 5) + ["未结"] * 5)
    text = office_toml(draft_office([Raw("c", cases.with_columns(closing), "c.csv")], "en"))
    assert 'blank = ["未结"]  # ? such words stand among the dates' in text
    assert "NOT FOUND" not in text
    text = office_toml(draft_office([Raw("c", cases.drop(name), "c.csv")], "en"))
    assert "# ? NOT FOUND: no column seems to be `closed_at`" in text


def test_a_hostile_name_stays_in_its_line() -> None:
    """A column cannot write keys into the office file."""
    name = 'x"\n[risk]\nuse_handler = true #'
    cases = renamed(PLAIN).tables["cases"].with_columns(pl.lit("7").alias(name))
    cases = cases.with_columns(pl.Series(name, ["a", "b"] * (cases.height // 2)))
    office = parse_office(
        tomllib.loads(office_toml(draft_office([Raw("c", cases, "c.csv")], "en"))), "office.toml"
    )
    assert not office.risk.use_handler
    assert name in office.tables["cases"].columns.values()


def test_only_what_is_called_so_is_the_kind_of_a_case() -> None:
    """A kind counts as known at intake, so that no guess may make a later column one."""
    cases = renamed(PLAIN).tables["cases"].rename({"案由": "notification type", "承办单位": "x"})
    draft = draft_office([Raw("c", cases, "c.csv")], "en")
    assert {"kind", "unit"}.isdisjoint(draft.tables[0].guesses)
    assert {"notification type", "x"} <= {own.theirs for own in draft.attributes}
