"""What offices export: one made-up Chinese office, under the names that its columns go by.

Each export names its columns in another way; `Export.roles` says which is which, so that a
draft can be held against it. Persons are made up from family and given names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tests.cases.sources.workbooks import Cell, serial, xls, xlsx

CASES, HANDLERS = 150, 12
CHARGES = ("盗窃", "诈骗", "危险驾驶", "故意伤害", "交通肇事", "寻衅滋事")
UNITS = ("第一检察部", "第二检察部", "第三检察部")
GRADES, SHARES = ("优质", "合格", "基本合格", "不合格"), (0.2, 0.65, 0.1, 0.05)
STEPS = ("受理", "提讯", "移送审查", "退回补充侦查", "审结")
FAMILY, GIVEN = "王李张刘陈杨黄赵吴周徐孙", "伟芳娜敏静磊洋勇艳杰"

Roles = dict[tuple[str, str], str]  # our table and column -> that of the export


@dataclass(frozen=True)
class Export:
    """The tables of an export, all cells as text, and which of their columns are which of ours.

    `attributes` are the columns that are facts of a case, and of what type.
    """

    tables: Mapping[str, pl.DataFrame]
    roles: Roles
    attributes: Mapping[str, str]


def person(number: int) -> str:
    """A made-up person."""
    given = GIVEN[number % len(GIVEN)]
    return FAMILY[number % len(FAMILY)] + given + GIVEN[(number * 3 + 1) % len(GIVEN)]


def office(seed: int = 1) -> dict[str, pl.DataFrame]:
    """The office's tables under our own names, dates as `date`, ids longer than a float holds."""
    chance = np.random.default_rng(seed)
    opened = [date(2024, 1, 2) + timedelta(days=int(day)) for day in chance.integers(0, 500, CASES)]
    lasted = [int(days) for days in chance.integers(10, 120, CASES)]
    closed = [
        None if number % 9 == 0 else start + timedelta(days=days)
        for number, (start, days) in enumerate(zip(opened, lasted, strict=True))
    ]
    ids = [f"3101{number:013d}" for number in chance.permutation(CASES) + 77_001_234_567]
    handlers = [person(int(h)) for h in chance.integers(0, HANDLERS, CASES)]
    cases = pl.DataFrame(
        {
            "case_id": ids,
            "title": [f"{person(n + 30)}{CHARGES[n % 6]}案" for n in range(CASES)],
            "kind": chance.choice(CHARGES, CASES).tolist(),
            "unit": chance.choice(UNITS, CASES).tolist(),
            "handler": handlers,
            "opened_at": opened,
            "closed_at": closed,
            "amount": [f"{value:.2f}" for value in chance.gamma(2, 5_000, CASES)],
            "pleaded": chance.choice(["是", "否"], CASES).tolist(),
            "people": [str(count) for count in chance.integers(1, 6, CASES)],
        }
    )
    return {"cases": cases, "events": _events(cases), "reviews": _reviews(cases, chance)}


def _events(cases: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (case_id, start + timedelta(days=2 * step), STEPS[step], handler)
        for number, (case_id, start, handler) in enumerate(
            cases.select("case_id", "opened_at", "handler").iter_rows()
        )
        for step in range(2 + number % 4)
    ]
    return pl.DataFrame(rows, ("case_id", "at", "activity", "actor"), orient="row")


def _reviews(cases: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    reviewed = cases.drop_nulls("closed_at").gather_every(2)
    return reviewed.select(
        "case_id",
        reviewed_at=pl.col("closed_at").dt.offset_by("30d"),
        reviewer=pl.Series([person(number % 5 + 50) for number in range(reviewed.height)]),
        grade=pl.Series(chance.choice(GRADES, reviewed.height, p=SHARES).tolist()),
    )


def renamed(names: Mapping[str, Mapping[str, str]], form: str = "%Y-%m-%d") -> Export:
    """The office as an export whose columns have these names, its dates written in this form."""
    tables: dict[str, pl.DataFrame] = office()
    roles: Roles = {}
    texts = {}
    for table, columns in names.items():
        frame = tables[table].with_columns(pl.col(pl.Date).dt.strftime(form))
        texts[table] = frame.select(pl.col(ours).alias(theirs) for ours, theirs in columns.items())
        roles |= {(table, ours): theirs for ours, theirs in columns.items() if ours in OURS}
    types = {"amount": "number", "pleaded": "flag", "people": "number"}
    own = {names["cases"][ours]: kind for ours, kind in types.items() if ours in names["cases"]}
    return Export(texts, roles, own)


OURS = {"case_id", "opened_at", "closed_at", "kind", "unit", "handler"}
OURS |= {"at", "activity", "actor", "reviewed_at", "reviewer", "grade"}

PLAIN = {
    "cases": {
        "case_id": "部门受案号",
        "title": "案件名称",
        "kind": "案由",
        "unit": "承办单位",
        "handler": "承办检察官",
        "opened_at": "受理日期",
        "closed_at": "审结日期",
        "amount": "涉案金额",
        "pleaded": "是否认罪认罚",
        "people": "嫌疑人人数",
    },
}
WITH_EVENTS = {
    "cases": {
        "case_id": "案号",
        "title": "案件名称",
        "kind": "罪名",
        "unit": "部门",
        "handler": "承办人",
        "opened_at": "收案时间",
        "closed_at": "结案时间",
        "amount": "标的额",
        "people": "人数",
    },
    "events": {"case_id": "案号", "activity": "环节", "at": "操作时间", "actor": "操作人"},
    "reviews": {
        "case_id": "案号",
        "reviewed_at": "评查日期",
        "reviewer": "评查人",
        "grade": "评查结果",
    },
}
PINYIN = {
    "cases": {
        "case_id": "bmsah", "kind": "ay", "unit": "cbbm", "handler": "cbr", "opened_at": "slrq",
        "closed_at": "jarq", "amount": "saje", "pleaded": "rzrf",
    },
    "events": {"case_id": "bmsah", "activity": "hjmc", "at": "czsj", "actor": "czr"},
    "reviews": {"case_id": "bmsah", "reviewed_at": "pcrq", "reviewer": "pcr", "grade": "pcdc"},
}  # fmt: skip


def _cells(frame: pl.DataFrame) -> list[list[Cell]]:
    return [list(frame.columns), *map(list, frame.iter_rows())]


def old_workbook(folder: Path) -> tuple[Export, list[Path]]:
    """An `.xls` of the cases alone, its dates as a spreadsheet keeps them."""
    export = renamed(PLAIN)
    dates = [pl.col("受理日期", "审结日期").str.to_date()]
    cases = export.tables["cases"].with_columns(dates)
    (folder / "案件.xls").write_bytes(xls({"案件": _cells(cases)}))
    return export, [folder / "案件.xls"]


def workbook_with_groups(folder: Path) -> tuple[Export, list[Path]]:
    """An `.xlsx` with a title, a header of two rows with merged cells, and a total at the end."""
    export = renamed(PLAIN)
    head, *rows = _cells(export.tables["cases"])
    groups: list[str | None] = [
        "基本信息",
        None,
        None,
        "承办信息",
        None,
        "办理信息",
        None,
        None,
        None,
        None,
    ]
    total: list[Cell] = ["合计", *[None] * 6, "2999999.99", None, "900"]
    sheet: list[list[Cell]] = [["2024年案件台账"], list(groups), head, *rows, total]
    merged = ["A1:J1", "A2:C2", "D2:E2", "F2:J2"]
    (folder / "台账.xlsx").write_bytes(xlsx({"Sheet1": sheet}, merged))
    joined = {
        str(name): f"{group} {name}" for name, group in zip(head, _filled(groups), strict=True)
    }
    roles = {ours: joined[theirs] for ours, theirs in export.roles.items()}
    own = {joined[name]: kind for name, kind in export.attributes.items()}
    return Export(export.tables, roles, own), [folder / "台账.xlsx"]


def _filled(groups: list[str | None]) -> list[str]:
    """Every group's name over each of its columns."""
    filled: list[str] = []
    for group in groups:
        filled.append(group or filled[-1])
    return filled


def chinese_csv(folder: Path) -> tuple[Export, list[Path]]:
    """Three CSV files in GBK, with words that stand for blank."""
    export = renamed(WITH_EVENTS)
    cases = export.tables["cases"].with_columns(
        pl.when(pl.int_range(pl.len()) % 7 == 0).then(pl.lit("无")).otherwise("部门").alias("部门")
    )
    tables = {**export.tables, "cases": cases}
    paths = []
    for name, frame in zip(("案件", "流程", "评查"), tables.values(), strict=True):
        path = folder / f"{name}.csv"
        path.write_bytes(frame.write_csv().encode("gbk"))
        paths.append(path)
    return export, paths


def mixed_dates(folder: Path) -> tuple[Export, list[Path]]:
    """An `.xlsx` with two sheets; dates as 2024.3.5, 20240305 and 45356, as they were typed."""
    names = {name: WITH_EVENTS[name] for name in ("cases", "events")}
    export = renamed(names)
    sheets = {
        "案件表": _cells(_as_typed(export.tables["cases"], ["收案时间", "结案时间"])),
        "流程表": _cells(_as_typed(export.tables["events"], ["操作时间"])),
    }
    (folder / "导出.xlsx").write_bytes(xlsx(sheets))
    return export, [folder / "导出.xlsx"]


def _as_typed(frame: pl.DataFrame, dates: list[str]) -> pl.DataFrame:
    """The frame with its dates written in three ways in turn."""

    def ways(values: pl.Series) -> list[object]:
        return [
            None
            if day is None
            else (f"{day.year}.{day.month}.{day.day}", f"{day:%Y%m%d}", int(serial(day)))[
                number % 3
            ]
            for number, day in enumerate(values.str.to_date())
        ]

    return frame.with_columns(pl.Series(name, ways(frame[name]), dtype=pl.Object) for name in dates)


def database(folder: Path) -> tuple[Export, list[Path]]:
    """A database whose tables and columns go by the first letters of the pinyin."""
    export = renamed(PINYIN)
    with closing(sqlite3.connect(folder / "system.db")) as connection, connection:
        for name, frame in export.tables.items():
            columns = ", ".join(frame.columns)
            connection.execute(f"CREATE TABLE {IN_DATABASE[name]} ({columns})")
            places = ", ".join("?" * frame.width)
            insert = f"INSERT INTO {IN_DATABASE[name]} VALUES ({places})"  # noqa: S608  our names
            connection.executemany(insert, frame.rows())
    return export, [folder / "system.db"]


IN_DATABASE = {"cases": "t_aj", "events": "t_lc", "reviews": "t_pc"}
EXPORTS = {
    "old workbook": old_workbook,
    "workbook with groups": workbook_with_groups,
    "Chinese CSV": chinese_csv,
    "mixed dates": mixed_dates,
    "database": database,
}
