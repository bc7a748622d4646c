"""A draft of the tables of a real database server."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from cases.draft.drafting import draft_office
from cases.draft.office_file import office_toml
from cases.office.loading import load_office
from cases.progress import silent
from cases.tables.reading import read_tables
from cli.files.raw_tables import read_database
from tests.cases.draft.exports import IN_DATABASE, PINYIN, renamed
from tests.cases.sources.conftest import postgres_url

__all__ = ["postgres_url"]


def test_a_server_is_drafted_and_read(postgres_url: str, tmp_path: Path) -> None:
    """Every role is found, and every case is read by the office file that comes of it."""
    export = renamed(PINYIN)
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.begin() as connection:
        for name, frame in export.tables.items():
            table = IN_DATABASE[name]
            columns = ", ".join(f"{column} text" for column in frame.columns)
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
            connection.execute(text(f"CREATE TABLE {table} ({columns})"))
            places = ", ".join(f":{column}" for column in frame.columns)
            connection.execute(text(f"INSERT INTO {table} VALUES ({places})"), frame.to_dicts())  # noqa: S608
    tables = list(IN_DATABASE.values())
    draft = draft_office(read_database(tables, postgres_url, tmp_path, silent), "zh")
    found = {
        (table.name, ours): guess.theirs
        for table in draft.tables
        for ours, guess in table.guesses.items()
    }
    assert found == export.roles
    (tmp_path / "office.toml").write_text(office_toml(draft), "utf-8")
    made = read_tables(load_office(tmp_path / "office.toml"), tmp_path)
    assert sorted(made.case_rows["case_id"]) == sorted(export.tables["cases"]["bmsah"])
