"""The alerts of a day in a folder: a table with all of them, and a page for the desks to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from cases.files import made_folder, replaced
from cases.language.catalogues import Language
from cases.language.messages import Sayable, ngettext, say
from cases.office.model import Office
from cases.spreadsheet import write_for_people
from evaluation.pages.watch import AlertShown, render_watch
from serving.use_cases.watching.standing import TO_ACT_ON, State, Watched
from serving.use_cases.watching.watching import Watch
from serving.use_cases.watching.wording import SORTS

SHEET, PAGE = "alerts.csv", "watch.html"
COLUMNS = {
    "case_id": pl.String(),
    "unit": pl.String(),
    "sort": pl.String(),
    "rule": pl.String(),
    "state": pl.String(),
    "since": pl.Date(),
    "due_on": pl.Date(),
    "notified_on": pl.Date(),
    "probability": pl.Float64(),
    "worth": pl.Float64(),
    "why": pl.String(),
    "todo": pl.String(),
}


def write_watch(watch: Watch, office: Office, language: Language, folder: Path) -> None:
    """Both files, whole or not at all, in place of older ones; `BadInput` if they cannot be."""
    made_folder(folder)
    sheet = alert_sheet(watch, language)
    shown = [alert_shown(one) for one in watch.several if one.state in TO_ACT_ON]
    page = render_watch(office, watch.today, shown, [*notes(watch)], language)
    replaced(folder / SHEET, lambda path: write_for_people(sheet, path))
    replaced(folder / PAGE, lambda path: path.write_text(page, "utf-8"))


def alert_sheet(watch: Watch, language: Language) -> pl.DataFrame:
    """A row for each alert (`COLUMNS`), those to be dealt with first in front.

    Codes of sort, rule and state are for programs, the sentences are in `language`.
    """
    lines = [
        (
            *(one.alert.key.case_id, one.alert.unit, one.alert.key.sort.value),
            *(one.alert.key.rule, one.state.value),
            *(one.alert.since, one.alert.due_on, one.notified_on),
            *(one.alert.probability, one.alert.worth or None),
            *(say(one.alert.why, language), say(one.alert.todo, language)),
        )
        for one in watch.several
    ]
    return pl.DataFrame(lines, COLUMNS, orient="row")


def alert_shown(one: Watched) -> AlertShown:
    """An alert as pages show it."""
    alert = one.alert
    return AlertShown(
        alert.key.case_id,
        alert.unit,
        SORTS[alert.key.sort],
        alert.why,
        alert.todo,
        alert.since,
        alert.due_on,
        one.notified_on,
    )


def notes(watch: Watch) -> Iterator[Sayable]:
    """What is said of all alerts: how many wait or are put off, and what is measured."""
    states = Counter(one.state for one in watch.several)
    to_act_on = sum(states[state] for state in TO_ACT_ON)
    yield ngettext("{count:,} alert to act on.", "{count:,} alerts to act on.", to_act_on)
    if states[State.WAITING]:
        yield waits(states[State.WAITING])
    if snoozed := states[State.SNOOZED]:
        yield ngettext("{count:,} is snoozed.", "{count:,} are snoozed.", snoozed)
    yield from watch.measured
    if watch.predictions is not None:
        yield watch.predictions


def waits(count: int) -> Sayable:
    """That so many alerts are more than the office can act on today."""
    return ngettext(
        "{count:,} more waits for another day: the office file says how many are given a day.",
        "{count:,} more wait for another day: the office file says how many are given a day.",
        count,
    )
