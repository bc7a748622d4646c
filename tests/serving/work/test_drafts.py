"""Drafts: for who wrote them alone, one a reading, gone once sent or old."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import Refused
from serving.leases.lease import leased
from serving.work.drafts.drafts import FILE, LASTS, MIGRATIONS, Drafts, Place

MINE = Place("u1", "p", "a", "first")
FIELDS = {"reason": "half a thought", "grade": "good"}


class Clock:
    """Seconds that a test sets."""

    now = 1_000_000

    def __call__(self) -> int:
        """The time."""
        return self.now


def test_a_draft_is_of_one_person_and_one_reading(tmp_path: Path) -> None:
    """What is kept later takes the place of what was there."""
    drafts = Drafts.at(tmp_path)
    drafts.keep(MINE, {"reason": "first"})
    drafts.keep(MINE, FIELDS)
    kept = drafts.of(MINE)
    assert kept is not None
    assert kept.fields == FIELDS
    for other in ({"user_id": "u2"}, {"plan": "q"}, {"case_id": "b"}, {"reading": "second"}):
        assert drafts.of(MINE._replace(**other)) is None
    assert drafts.begun("u1") == {("p", "a", "first")}
    assert drafts.begun("u2") == set()


def test_what_was_sent_is_dropped(tmp_path: Path) -> None:
    """And another process sees that."""
    drafts = Drafts.at(tmp_path)
    drafts.keep(MINE, FIELDS)
    Drafts.at(tmp_path).drop(MINE)
    assert drafts.of(MINE) is None


def test_what_was_begun_of_a_reading_that_was_given_back_is_dropped(tmp_path: Path) -> None:
    """Whoever began it; other readings keep theirs."""
    drafts = Drafts.at(tmp_path)
    for place in (MINE, MINE._replace(user_id="u2"), MINE._replace(reading="second")):
        drafts.keep(place, FIELDS)
    drafts.drop_of_reading(MINE.plan, MINE.case_id, MINE.reading)
    assert drafts.begun("u1") == {("p", "a", "second")}
    assert drafts.begun("u2") == set()


def test_old_drafts_go(tmp_path: Path) -> None:
    """When another one is kept."""
    clock = Clock()
    drafts = Drafts.at(tmp_path, clock)
    drafts.keep(MINE, FIELDS)
    clock.now += LASTS + 1
    drafts.keep(MINE._replace(case_id="b"), FIELDS)
    assert drafts.begun("u1") == {("p", "b", "first")}


def test_what_is_too_long_is_refused(tmp_path: Path) -> None:
    """The file stays small."""
    with pytest.raises(Refused):
        Drafts.at(tmp_path).keep(MINE, {"reason": "x" * 200_000})


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Nobody sees an error of SQLite."""
    (tmp_path / FILE).write_text("no database at all, for a long, long while" * 100)
    with pytest.raises(Refused, match="Drafts cannot be kept now"):
        Drafts.at(tmp_path)


def test_the_newest_migration_is_the_last_file() -> None:
    """So that tables are brought up to date."""
    steps = sorted((MIGRATIONS.folder / "versions").glob("[0-9]*.py"))
    assert steps[-1].name.startswith(MIGRATIONS.newest)


def test_scheduled_work_keeps_nobody_from_writing(tmp_path: Path) -> None:
    """Whoever puts its result in place writes alone where the lease is, which can take minutes."""
    drafts = Drafts.at(tmp_path)
    with leased(tmp_path, "run-due") as lease, lease.owning():
        drafts.keep(MINE, FIELDS)
        assert drafts.of(MINE) is not None
