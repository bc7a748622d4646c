"""`triage watch`: alerts of running cases, each given once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest

from cli.files import watch as watch_files
from ledger.ledger import Entry, Ledger
from ledger.records import Record
from tests.factories.command import triage
from tests.factories.files import OFFICE, write

WATCHED = """
[alerts]
per_day = 1

[[limits]]
code = "month"
meaning = { en = "one month" }
days = 30

[[process]]
code = "accepted_soon"
meaning = { en = "accepted within five days" }
rule = "within"
activity = "accepted"
after = "opened"
days = 5
"""
CASES = """case_id,opened_at,closed_at,kind,suspects,detained
=1+1,2024-01-01,,x,1,
late,2024-01-20,,x,1,
later,2024-01-21,,x,1,
closed,2024-01-01,2024-01-20,x,1,yes
"""
EVENTS = "case_id,at,recorded_at,activity\n=1+1,2024-01-02,,accepted\n"
EMPTY = {"reviews.csv": "case_id,reviewed_at,grade,inclusion_probability,dimensions\n"}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Three running cases: a limit nearly used up, and two that were not accepted in time."""
    described = OFFICE.replace("\n[[reviews.grades]]", f"{WATCHED}\n[[reviews.grades]]", 1)
    files = {"office.toml": described, "cases.csv": CASES, "events.csv": EVENTS, **EMPTY}
    recusals = "handler,case_id,party\n"
    return write(tmp_path, **files, **{"recusals.csv": recusals}) / "office.toml"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the office's clock to noon of a day."""

    def set_to(day: str) -> None:
        noon = datetime.combine(date.fromisoformat(day), time(12))
        monkeypatch.setattr(watch_files, "wall_clock", lambda _zone: noon)

    return set_to


def states(folder: Path) -> dict[str, tuple[str, str | None]]:
    """By case how its alert stands, and the day on which its desk was notified."""
    sheet = pl.read_csv(folder / "alerts.csv")
    return {row["case_id"]: (row["state"], row["notified_on"]) for row in sheet.to_dicts()}


def test_each_alert_is_given_once_and_the_budget_is_kept(
    office: Path, tmp_path: Path, at: Callable[[str], None]
) -> None:
    """The limit and one breach today, the other one tomorrow, nothing twice."""
    out = tmp_path / "out"
    at("2024-01-29")
    first = triage("watch", office, "--as-of", "2024-01-29", "--out", out)
    assert first.exit_code == 0, first.output
    assert "2 alerts to act on." in first.output
    assert "1 more waits" in first.output
    assert "Desks were notified of 2 new alerts." in first.output
    assert "Nothing is predicted: This office has no champion model yet." in first.output
    assert states(out) == {
        "'=1+1": ("notified", "2024-01-29"),
        "later": ("notified", "2024-01-29"),
        "late": ("waiting", None),
    }
    again = triage("watch", office, "--as-of", "2024-01-29", "--out", out)
    assert "Desks were notified of 0 new alerts." in again.output
    at("2024-01-30")
    tomorrow = triage("watch", office, "--as-of", "2024-01-30", "--out", out, "--language", "zh")
    assert tomorrow.exit_code == 0, tomorrow.output
    assert states(out)["late"] == ("notified", "2024-01-30")
    assert '<html lang="zh-Hans">' in (out / "watch.html").read_text("utf-8")
    assert triage("verify", office).exit_code == 0
    shown = triage("ledger", office, "--kind", "step")
    assert "the desk of a unit was notified of alerts about running cases" in shown.output


@pytest.mark.parametrize("today", ["2024-01-28", "2024-01-30"])
def test_of_another_day_than_today_nothing_is_recorded(
    office: Path, tmp_path: Path, at: Callable[[str], None], today: str
) -> None:
    """The files are written, and it is said; on the day itself the desks are notified."""
    out = tmp_path / "out"
    at(today)
    found = triage("watch", office, "--as-of", "2024-01-29", "--out", out)
    assert found.exit_code == 0, found.output
    assert "Nothing was recorded, and no desk was notified" in found.output
    assert "Desks were notified" not in found.output
    assert states(out) == {
        "'=1+1": ("new", None),
        "later": ("new", None),
        "late": ("waiting", None),
    }
    at("2024-01-29")
    given = triage("watch", office, "--as-of", "2024-01-29", "--out", out)
    assert "Desks were notified of 2 new alerts." in given.output


def test_of_two_watches_at_once_only_one_says_that_it_notified(
    office: Path, tmp_path: Path, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one recorded the same notices just before."""
    at("2024-01-29")
    record = watch_files.record

    def after_another(ledger: Ledger, *entries: Entry) -> list[Record]:
        record(ledger, *entries)
        return record(ledger, *entries)

    monkeypatch.setattr(watch_files, "record", after_another)
    found = triage("watch", office, "--as-of", "2024-01-29", "--out", tmp_path / "out")
    assert "Desks were notified of 0 new alerts." in found.output


def test_a_limit_that_is_over_by_then_is_measured(
    office: Path, tmp_path: Path, at: Callable[[str], None]
) -> None:
    """Of the one warning it is known what became of it; that is too few to tell."""
    at("2024-01-29")
    triage("watch", office, "--as-of", "2024-01-29", "--out", tmp_path / "out")
    later = triage("watch", office, "--as-of", "2024-02-10", "--out", tmp_path / "out")
    assert "the limit of 1 is over by now, too few to tell how many came true" in later.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--as-of", "soon", "--out", "x"), 2, "is not a date"),
        (("--out", "x"), 2, "--as-of"),
        (("--as-of", "2024-01-29"), 2, "--out"),
    ],
)
def test_what_cannot_be_read_is_said(
    office: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """With exit code 2."""
    found = triage("watch", office, *words)
    assert (found.exit_code, said in found.output) == (code, True)


def test_a_folder_that_cannot_be_written_is_found_before_anything_is_recorded(
    office: Path, tmp_path: Path
) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "out").write_text("mine", "utf-8")
    found = triage("watch", office, "--as-of", "2024-01-29", "--out", tmp_path / "out")
    assert found.exit_code == 2
    assert "cannot be written" in found.output
    assert triage("ledger", office).exit_code == 3


def test_before_the_first_case_there_is_nothing(office: Path, tmp_path: Path) -> None:
    """An empty table and a page that says so."""
    out = tmp_path / "out"
    found = triage("watch", office, "--as-of", "2023-01-01", "--out", out)
    assert found.exit_code == 0, found.output
    assert "0 alerts to act on." in found.output
    assert states(out) == {}
