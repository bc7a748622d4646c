"""Files with several rows per case: an event log, or a row for each accused or claim.

A query makes one row of each case from what is the same in all of its rows.
"""

from __future__ import annotations

import polars as pl

from cases.draft.columns.profile import Profile
from cases.draft.columns.roles import BY_VALUES, SURE, Guess, guesses
from cases.draft.columns.shares import share_of
from cases.draft.draft import DraftedTable, Raw
from cases.language.messages import _

ISO = r"^\d{4}-\d{2}-\d{2}"  # sorts as text in the order of time
NEEDED = {"case_id", "at", "activity"}
MOVING = 0.05  # of the cases with several rows, those whose dates must differ
WIDEST = 60  # minutes between the offsets of a column that sorts as text


def grouped_cases(raw: Raw, case_id: Guess) -> DraftedTable | None:
    """The case table that a query makes of such a file; None if it has no dates to sort by."""
    same = raw.constant_within(case_id.theirs)
    found = guesses("cases", {name: raw.columns[name] for name in same}, {"case_id": case_id})
    events = _events(raw, case_id)
    if "at" in events and events["at"].theirs not in same:
        at = raw.columns[events["at"].theirs]
        if _sorts_as_text(at):
            found |= _from_events(found, at)
    if "opened_at" not in found:
        return None
    why = _("It has several rows for each case; a query makes one of them.")
    select = {ours: _sql(guess, same) for ours, guess in found.items()}
    return DraftedTable("cases", raw, why, found, select, case_id.theirs)


def event_table(cases: DraftedTable) -> DraftedTable | None:
    """The event table that the file of these cases is; None if it has no row for each event."""
    if cases.group_by is None:
        return None
    found = _events(cases.raw, cases.guesses["case_id"])
    if not found.keys() >= NEEDED:
        return None
    return DraftedTable("events", cases.raw, _("The same file has a row for each event."), found)


def surely_log(raw: Raw, case_id: Guess) -> bool:
    """Whether a file has a row for each event although its rows have ids of their own."""
    events = _events(raw, case_id)
    scores = [events[ours].score for ours in ("case_id", "at", "activity") if ours in events]
    return len(scores) == len(NEEDED) and min(scores) >= SURE


def worth_as_log(raw: Raw, case_id: Guess) -> float:
    """How well the columns of a file fit those of the event table."""
    events = _events(raw, case_id)
    own = (guess.score for ours, guess in events.items() if ours != "case_id")
    return sum(own) if events.keys() >= NEEDED else 0.0


def _events(raw: Raw, case_id: Guess) -> dict[str, Guess]:
    same = raw.constant_within(case_id.theirs, blank_apart=False)
    changing = {name: profile for name, profile in raw.columns.items() if name not in same}
    return guesses("events", changing, {"case_id": case_id})


def _sorts_as_text(at: Profile) -> bool:
    offsets = at.dates.offsets if at.dates else frozenset({0})
    narrow = not offsets or max(offsets) - min(offsets) <= WIDEST
    return narrow and bool(at.text.drop_nulls().str.contains(ISO).all())


def _from_events(found: dict[str, Guess], at: Profile) -> dict[str, Guess]:
    """Opening and closing by the first and the last event, where nothing else says them."""
    made = {}
    if "opened_at" not in found:
        why = _("the first event of the case")
        made["opened_at"] = Guess("opened_at", at.name, why, BY_VALUES, (), at.examples)
    if "closed_at" not in found:
        why = _("the last event of the case; is the case then closed?")
        made["closed_at"] = Guess("closed_at", at.name, why, BY_VALUES, (), at.examples)
    return made


def _sql(guess: Guess, same: list[str]) -> str:
    """What the query makes a column of our table from."""
    column = quoted(guess.theirs)
    if guess.ours == "case_id":
        return column
    return (
        f"MAX({column})"
        if guess.theirs not in same and guess.ours == "closed_at"
        else (f"MIN({column})")
    )


def quoted(column: str) -> str:
    """The name of a column as SQL writes it.

    >>> quoted("time:timestamp")
    '"time:timestamp"'
    """
    return '"' + column.replace('"', '""') + '"'


def moves(raw: Raw, case_id: str, at: str) -> bool:
    """Whether a date differs between the rows of a case, as it must to say when each happened."""
    dates = raw.frame.select(case_id, raw.columns[at].text.alias("at")).drop_nulls()
    counts = dates.group_by(case_id).agg(pl.len(), different=pl.col("at").n_unique())
    several = counts.filter(pl.col("len") > 1)
    return several.is_empty() or share_of(several["different"] > 1) >= MOVING
