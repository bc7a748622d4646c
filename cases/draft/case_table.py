"""Which file is the case table: one row per case, or several that a query makes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from cases.draft import logs
from cases.draft.columns.joins import refers
from cases.draft.columns.profile import Profile
from cases.draft.columns.roles import BY_VALUES, SURE, Guess, guesses, score
from cases.draft.columns.roles import name_score as called
from cases.draft.columns.shares import share_of
from cases.draft.draft import DraftedTable, Raw
from cases.draft.words import NOT_YET, PERSONS, ROLES, TABLES, mentions
from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _

ONE_ROW = 0.98  # of the rows, from which ids that stand twice are faults and not the rule
REFERRED = 0.3  # what is added for a column by which other files name its rows
IN_ORDER = 0.95  # of the rows, in which a case is opened before it is closed


def case_table(raws: Sequence[Raw]) -> DraftedTable:
    """The case table among these files; `BadInput` if none can be it."""
    found = [made for raw in raws for made in _readings(raw, [o for o in raws if o is not raw])]
    if not found:
        raise BadInput(
            Fault(
                raw.path or raw.name,
                _("has no column that could be the id of a case, with a date."),
                _("Give the table that has a row for each case, or an event log."),
            )
            for raw in raws
        )
    return max(found, key=lambda one: one[0])[1]


def _readings(raw: Raw, others: Sequence[Raw]) -> Iterator[tuple[float, DraftedTable]]:
    """The file as the case table, each way it could be read, with how well that fits."""
    named = called(raw.name, TABLES["cases"]) >= BY_VALUES
    one_row = [p for p in raw.columns.values() if p.distinct >= ONE_ROW * p.filled]
    case_id = _case_id(one_row, others)
    if case_id is not None:
        found = _with_dates(raw, guesses("cases", raw.columns, {"case_id": case_id}))
        if "opened_at" in found:
            worth = named + sum(guess.score for guess in found.values())
            yield worth, DraftedTable("cases", raw, _why(named), found)
    several = [p for p in raw.columns.values() if p not in one_row]
    group = _case_id(several, others)
    if group is None or (case_id is not None and not logs.surely_log(raw, group)):
        return
    grouped = logs.grouped_cases(raw, group)
    if grouped is not None:
        worth = sum(guess.score for guess in grouped.guesses.values())
        yield worth + named + logs.worth_as_log(raw, group), grouped


def _why(named: bool) -> Sayable:
    if named:
        return _("The name of the file and its columns say that it has a row for each case.")
    return _("Its columns suggest that it has a row for each case.")


def _case_id(columns: Sequence[Profile], others: Sequence[Raw]) -> Guess | None:
    """Which of these columns holds the id of a case."""
    worth = {profile.name: _worth_as_id(profile, others) for profile in columns}
    scored = {name: points for name, points in worth.items() if points >= BY_VALUES}
    if not scored:
        return None
    best = max(scored, key=lambda name: scored[name])
    profile = next(profile for profile in columns if profile.name == best)
    points = min(1.0, scored[best])
    why = _("no two rows have the same") if profile.unique else _("its name says so")
    if profile.unique and score("cases", "case_id", profile) >= SURE:
        why = _("its name says so, and no two rows have the same")
    others_as_good = tuple(
        name for name, worth in scored.items() if name != best and worth > scored[best] - 0.05
    )
    return Guess("case_id", best, why, points, others_as_good, profile.examples)


def _worth_as_id(profile: Profile, others: Sequence[Raw]) -> float:
    """How likely a column is the id: by name, by being unique, by other files that name it."""
    if profile.type in ("date", "flag", "blank", "time of day") or profile.personal:
        return 0.0
    if profile.share < ONE_ROW or mentions(profile.name, PERSONS):
        return 0.0
    named = max(0.0, score("cases", "case_id", profile))
    unique = 0.2 if profile.unique else 0.0
    by_values = BY_VALUES if profile.unique and profile.type != "number" else 0.0
    referred = REFERRED if any(refers(other.columns, profile) for other in others) else 0.0
    return max(named, by_values) + unique + referred


def _with_dates(raw: Raw, found: dict[str, Guess]) -> dict[str, Guess]:
    """The guesses with opening and closing found by their order, where names do not say."""
    free = [
        profile
        for profile in raw.columns.values()
        if profile.type == "date"
        and profile.name not in {guess.theirs for guess in found.values()}
        and not mentions(profile.name, NOT_YET)
    ]
    closed = found.get("closed_at")
    opened = found.get("opened_at")
    if opened is None:
        fits = [p for p in free if p.share >= ONE_ROW] or free
        limit = raw.columns[closed.theirs] if closed else None
        first = [p for p in fits if limit is None or in_order(p, limit) >= IN_ORDER]
        if first:
            found["opened_at"] = _by_order("opened_at", min(first, key=_middle), first)
            free = [p for p in free if p.name != found["opened_at"].theirs]
    if closed is None and "opened_at" in found:
        start = raw.columns[found["opened_at"].theirs]
        last = [p for p in free if in_order(start, p) >= IN_ORDER]
        if last:
            found["closed_at"] = _by_order("closed_at", max(last, key=_middle), last)
    return {
        ours: _with_order(raw, ours, found[ours], found) for ours in ROLES["cases"] if ours in found
    }


def _by_order(ours: str, profile: Profile, fits: Sequence[Profile]) -> Guess:
    others = tuple(other.name for other in fits if other is not profile)
    why = _("the order of the dates suggests it")
    return Guess(ours, profile.name, why, BY_VALUES, others, profile.examples)


def _middle(profile: Profile) -> float:
    """The middle of its dates, as a number; later dates are larger."""
    moments = profile.dates.moments if profile.dates else pl.Series([], dtype=pl.Datetime)
    return float(moments.cast(pl.Int64).median() or 0.0)  # type: ignore[arg-type]


def in_order(first: Profile, second: Profile) -> float:
    """Of the rows that have both dates, the share in which `first` is not after `second`."""
    if first.dates is None or second.dates is None:
        return 0.0
    days = first.dates.moments.dt.date() <= second.dates.moments.dt.date()
    return share_of(days.drop_nulls())


def _with_order(raw: Raw, ours: str, guess: Guess, found: Mapping[str, Guess]) -> Guess:
    """The guess of the closing, with in how many rows it is not before the opening."""
    if ours != "closed_at" or "opened_at" not in found:
        return guess
    share = in_order(raw.columns[found["opened_at"].theirs], raw.columns[guess.theirs])
    why = _("{why}; in {share:.1%} of the rows not before the opening", why=guess.why, share=share)
    return replace(guess, why=why)
