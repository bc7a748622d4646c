"""From tables as they lie there to a drafted office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cases.draft import logs
from cases.draft.attributes import attributes_of
from cases.draft.case_table import case_table
from cases.draft.columns.joins import linking
from cases.draft.columns.roles import Guess, guesses, name_score
from cases.draft.draft import Draft, DraftedTable, Raw, Unused
from cases.draft.reviews import grades_of, kinds_of, reviews_within
from cases.draft.words import TABLES
from cases.language.catalogues import Language
from cases.language.messages import Sayable, _
from cases.office.base import CODE
from cases.tables.specification import SPECIFICATIONS

NAMED, LIKELY = 0.4, 0.5  # what the name of a file adds to a table's score; the least score
MOST_ACTIVITIES = 100
OTHERS = ("reviews", "events", "handlers", "reviewers", "recusals", "overrides")


def draft_office(raws: Sequence[Raw], language: Language) -> Draft:
    """The office that these tables seem to be of; `BadInput` if no table can be that of cases."""
    cases = case_table(raws)
    tables = [cases]
    if events := logs.event_table(cases):
        tables.append(events)
    rest = [raw for raw in raws if raw is not cases.raw]
    others, unused = _others(cases, rest)
    tables += reviews_within(cases)
    there = {table.name for table in others}
    tables = [table for table in tables if table.name not in there] + others
    attributes, left_out = attributes_of(cases, tables)
    tables[0] = replace(cases, left_out=left_out)
    return _whole(Draft(language, tuple(tables), attributes, unused=tuple(unused)))


def _whole(draft: Draft) -> Draft:
    """The draft with what its event and review tables hold, and with words and zones of all."""
    profiles = [table.raw.columns[name] for table in draft.tables for name in _used(draft, table)]
    zones = {profile.dates.zone for profile in profiles if profile.dates and profile.dates.zone}
    return replace(
        draft,
        activities=tuple(_activities(draft.table("events"))),
        grades=tuple(grades_of(draft.table("reviews"))),
        review_kinds=kinds_of(draft.table("reviews")),
        blanks=tuple(sorted({word for profile in profiles for word in profile.blanks})),
        time_zone=min(zones) if zones else None,
    )


def _used(draft: Draft, table: DraftedTable) -> set[str]:
    """The columns of the file that the office file names."""
    own = {attribute.theirs for attribute in draft.attributes if table.name == "cases"}
    return {guess.theirs for guess in table.guesses.values()} | own


def _others(cases: DraftedTable, raws: Sequence[Raw]) -> tuple[list[DraftedTable], list[Unused]]:
    """Of the other files those that are tables of ours, each once, and the rest."""
    links = {raw.name: _link(raw, cases) for raw in raws}
    scored = [
        found
        for raw in raws
        for name in OTHERS
        if (found := _as_table(name, raw, links[raw.name], cases))
    ]
    tables: dict[str, DraftedTable] = {}
    used: set[str] = set()
    for _points, table in sorted(scored, key=lambda one: -one[0]):
        if table.name not in tables and table.raw.name not in used:
            tables[table.name] = table
            used.add(table.raw.name)
    unused = [_unused(raw, links[raw.name]) for raw in raws if raw.name not in used]
    return [tables[name] for name in SPECIFICATIONS if name in tables], unused


def _as_table(
    name: str, raw: Raw, link: Mapping[str, Guess], cases: DraftedTable
) -> tuple[float, DraftedTable] | None:
    """The file as the table of that name, with how well it fits; None if it cannot be it."""
    found = guesses(name, raw.columns, link if _holds_cases(name) else {})
    needed = [column.name for column in SPECIFICATIONS[name].columns if column.needed != "no"]
    if not set(needed) <= found.keys() or not _sensible(name, raw, found, cases):
        return None
    named = NAMED if name_score(raw.name, TABLES[name]) >= LIKELY else 0.0
    own = [guess.score for ours, guess in found.items() if ours != "case_id"]
    points = sum(own) / max(len(own), 1) + named
    return points, DraftedTable(name, raw, _why(name, named), found)


def _holds_cases(name: str) -> bool:
    return any(column.name == "case_id" for column in SPECIFICATIONS[name].columns)


def _sensible(name: str, raw: Raw, found: Mapping[str, Guess], cases: DraftedTable) -> bool:
    """Whether the rows of the file can be what a table of that name has."""
    if name == "handlers":
        handler = raw.columns[found["handler"].theirs]
        known = cases.guesses.get("handler")
        return handler.unique and bool(
            known and linking({handler.name: handler}, cases.raw.columns[known.theirs])
        )
    if name == "reviewers":
        reviewer = raw.columns[found["reviewer"].theirs]
        return reviewer.unique and name_score(raw.name, TABLES[name]) >= LIKELY
    if name == "events":
        return logs.moves(raw, found["case_id"].theirs, found["at"].theirs)
    if name == "recusals":
        return bool({"case_id", "party"} & found.keys()) and (
            name_score(raw.name, TABLES[name]) >= LIKELY
        )
    return True


def _link(raw: Raw, cases: DraftedTable) -> dict[str, Guess]:
    """The column of a file that holds the id of a case."""
    case_id = cases.raw.columns[cases.guesses["case_id"].theirs]
    found = linking(raw.columns, case_id)
    if found is None:
        return {}
    column, share = found
    why = _("{share:.0%} of its values are cases", share=share)
    return {"case_id": Guess("case_id", column.name, why, share, examples=column.examples)}


def _why(name: str, named: float) -> Sayable:
    if named:
        return _(
            "The name of the file and its columns say that it is the {table} table.", table=name
        )
    return _("Its columns suggest that it is the {table} table.", table=name)


def _unused(raw: Raw, link: Mapping[str, Guess]) -> Unused:
    """Why a file is not used."""
    if not link:
        return Unused(raw, _("No column of it holds ids of cases."))
    if not any(profile.type == "date" for profile in raw.columns.values()):
        why = _("It says something of cases, without a date: count or sum it for each case.")
    else:
        why = _(
            "It says something of cases, but its dates do not say when each row happened, or the "
            "table it would be is there already."
        )
    return Unused(raw, why, link["case_id"].theirs)


def _activities(events: DraftedTable | None) -> list[str]:
    """The activities that occur, the most frequent first; none where one could not be declared."""
    if events is None:
        return []
    text = events.raw.columns[events.guesses["activity"].theirs].text.drop_nulls()
    words = text.value_counts(sort=True)[text.name]
    declarable = bool(words.str.contains(CODE).all()) and len(words) <= MOST_ACTIVITIES
    return words.to_list() if declarable else []
