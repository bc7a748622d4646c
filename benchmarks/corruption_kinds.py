"""Ways in which a table goes wrong on its way out of an office's programs, for `corruptions.py`.

Each changes one table of a small sound office. What stands under `FORM` a reader of files can see,
what stands under `CONTENT` only somebody who knows the cases.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

Rows = list[list[str]]
CASES = 24
SHEET = {
    "cases": ["case_id", "opened_at", "closed_at", "kind", "unit", "handler", "amount", "held"],
    "events": ["case_id", "at", "activity", "actor"],
    "reviews": ["case_id", "reviewed_at", "reviewer", "grade"],
    "handlers": ["handler", "unit", "capacity"],
    "recusals": ["handler", "case_id", "party"],
}
DATES: dict[str, tuple[int, ...]] = {"cases": (1, 2), "events": (1,), "reviews": (1,)}
NUMBERS: dict[str, tuple[int, ...]] = {"cases": (6,), "handlers": (2,)}
NAMES = {"cases": (0, 3, 4, 5), "events": (0, 2), "reviews": (0, 2, 3), "handlers": (0, 1)}
CODES: dict[str, tuple[int, ...]] = {"cases": (3, 4, 5, 7), "recusals": (2,)}
PEOPLE = ("\u5f20\u4e09", "\u674e\u56db", "M\u00fcller", "Wang")


def sound_tables() -> dict[str, Rows]:
    """The tables of a sound office, as text; always the same."""
    rng = random.Random(1)  # noqa: S311  no secret
    cases, events, reviews = [], [], []
    for number in range(CASES):
        case, month, day = f"\u6848{number + 101}", rng.randrange(1, 7), rng.randrange(1, 28)
        opened, closed = date(2024, month, day), date(2024, month + 4, day)
        is_closed = number % 4 > 0
        handler = rng.choice(PEOPLE)
        cases.append(
            [
                *(case, str(opened), str(closed) if is_closed else ""),
                *(rng.choice(["theft", "fraud"]), rng.choice(["\u4e00\u90e8", "U2"]), handler),
                *(str(rng.randrange(1, 99) * 12.5), rng.choice(["yes", "no"])),
            ]
        )
        events.append([case, f"{opened} 09:{rng.randrange(10, 59)}", "accepted", handler])
        events.append([case, f"{closed} 10:{rng.randrange(10, 59)}", "heard", handler])
        if is_closed and number % 3:
            grade = rng.choice(["good", "bad"])
            reviews.append([case, f"2024-11-{number + 1:02}", rng.choice(["r1", "r2"]), grade])
    handlers = [[name, "U2", str(rng.randrange(1, 20))] for name in PEOPLE]
    recusals = [[PEOPLE[0], cases[0][0], ""], [PEOPLE[1], "", "p1"]]
    return {
        "cases": cases,
        "events": events,
        "reviews": reviews,
        "handlers": handlers,
        "recusals": recusals,
    }


@dataclass
class Office:
    """The tables on their way to files: heads, rows, and how the bytes of one are changed."""

    rows: dict[str, Rows]
    heads: dict[str, list[str]] = field(default_factory=lambda: copy.deepcopy(SHEET))
    bytes_of: dict[str, Callable[[str], bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """An office, which of its tables is to be corrupted, and the chance."""

    office: Office
    name: str
    rng: random.Random


Corruption = Callable[[Trial], None]
FORM: dict[str, Corruption] = {}
CONTENT: dict[str, Corruption] = {}


def called(function: Corruption) -> str:
    """The name of a corruption in words."""
    return function.__name__.strip("_").replace("_", " ")


def form(function: Corruption) -> Corruption:
    """A corruption that a reader can see."""
    FORM[called(function)] = function
    return function


def content(function: Corruption) -> Corruption:
    """A corruption that only somebody who knows the cases can see."""
    CONTENT[called(function)] = function
    return function


def _cell(on: Trial, columns: Mapping[str, tuple[int, ...]]) -> tuple[list[str], int]:
    """A row and the place of a cell in it that is not blank, of one of these columns."""
    column = on.rng.choice(columns.get(on.name) or columns["cases"])
    rows = on.office.rows[on.name if on.name in columns else "cases"]
    return on.rng.choice([row for row in rows if row[column]]), column


def _all_cells(
    on: Trial,
    columns: Mapping[str, tuple[int, ...]],
    change: Callable[[str], str],
) -> None:
    """Change one cell, or a column's every cell, or half of them."""
    if on.rng.random() < 1 / 3:
        row, column = _cell(on, columns)
        row[column] = change(row[column])
        return
    column = on.rng.choice(columns.get(on.name) or columns["cases"])
    share = on.rng.choice([0.5, 1.0])
    for row in on.office.rows[on.name if on.name in columns else "cases"]:
        if row[column] and on.rng.random() <= share:
            row[column] = change(row[column])


def _dated(text: str, day: str) -> str:
    """The same moment with its day written otherwise."""
    whole, *time = text.split(" ")
    year, month, number = whole.split("-")
    shown = day.format(y=year, m=int(month), d=int(number), mm=month, dd=number, yy=year[2:])
    return " ".join([shown, *time])


@form
def _dates_in_another_form(on: Trial) -> None:
    forms = [
        "{y}/{m}/{d}",
        "{y}.{m}.{d}",
        "{y}\u5e74{m}\u6708{d}\u65e5",
        "{y}{mm}{dd}",
        "{y}-{m}-{d}",
    ]
    shape = on.rng.choice(forms)
    _all_cells(on, DATES, lambda text: _dated(text, shape))


@form
def _dates_that_can_be_several(on: Trial) -> None:
    forms = ["{d}/{m}/{y}", "{m}/{d}/{y}", "{dd}.{mm}.{y}", "{yy}-{m}-{d}", "{y}{m}{d}", "{y}-{m}"]
    shape = on.rng.choice(forms)
    _all_cells(on, DATES, lambda text: _dated(text, shape))


@form
def _dates_that_cannot_be(on: Trial) -> None:
    forms = ["{y}-02-30", "{y}-13-{dd}", "2099-12-31", "9999-12-31", "0000-00-00", "{y}-{mm}-00"]
    row, column = _cell(on, DATES)
    row[column] = _dated(row[column], on.rng.choice(forms))


@form
def _dates_as_numbers(on: Trial) -> None:
    def serial(text: str) -> str:
        return str((date.fromisoformat(text[:10]) - date(1899, 12, 30)).days)

    _all_cells(on, DATES, serial)


@form
def _offsets(on: Trial) -> None:
    offset = on.rng.choice(["Z", "+08:00", " +0300"])
    for row in on.office.rows["events"]:
        if on.rng.random() < on.rng.choice([0.5, 1.0]):
            row[1] += offset


@form
def _words_for_blank(on: Trial) -> None:
    word = on.rng.choice(["\u65e0", "NULL", "N/A", "/", "-", "nan"])
    columns = on.rng.choice([DATES, NUMBERS, CODES])
    row, column = _cell(on, columns)
    row[column] = word


@form
def _full_width(on: Trial) -> None:
    def wide(text: str) -> str:
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    _all_cells(on, on.rng.choice([NAMES, NUMBERS, DATES]), wide)


@form
def _blanks_around(on: Trial) -> None:
    mark = on.rng.choice([" ", "\u3000", "\u00a0"])
    _all_cells(on, on.rng.choice([NAMES, NUMBERS, DATES]), lambda text: mark + text + mark)


@form
def _blanks_inside(on: Trial) -> None:
    mark = on.rng.choice([" ", "\u3000"])
    row, column = _cell(on, {"cases": (5,), "handlers": (0,), "events": (0,), "reviews": (2,)})
    row[column] = row[column][0] + mark + row[column][1:]


@form
def _invisible(on: Trial) -> None:
    mark = on.rng.choice(["\u200b", "\ufeff", "\u202e", "\u00ad", "\x00", "\x07"])
    row, column = _cell(on, on.rng.choice([NAMES, NUMBERS, DATES]))
    place = on.rng.randrange(len(row[column]) + 1)
    row[column] = row[column][:place] + mark + row[column][place:]


@form
def _shortened_ids(on: Trial) -> None:
    shape = on.rng.choice(["{:.4E}", "{}00000000000000", "{}.0"])
    for row in on.office.rows["cases"]:
        row[0] = shape.format(int(row[0][1:]) * (1 if shape[-1] == "0" else 10**12))
    del on.office.rows["events"][:], on.office.rows["reviews"][:], on.office.rows["recusals"][:]


@form
def _text_guards(on: Trial) -> None:
    _all_cells(on, NAMES, lambda text: f'="{text}"')


@form
def _numbers_with_marks(on: Trial) -> None:
    marks = ["1,200", "1.200,50", "12 000", "\uffe51200", "1200\u5143", "1'200", "12,5", "twelve"]
    row, column = _cell(on, NUMBERS)
    row[column] = on.rng.choice(marks)


@form
def _doubled_rows(on: Trial) -> None:
    rows, share = on.office.rows[on.name], on.rng.choice([0.2, 1.0])
    rows += [list(row) for row in rows if on.rng.random() <= share] or [list(rows[0])]


@form
def _doubled_by_a_join(on: Trial) -> None:
    on.office.rows[on.name] = [row for row in on.office.rows[on.name] for _copy in range(2)]


@form
def _a_column_gone(on: Trial) -> None:
    needed = {"cases": 3, "events": 3, "reviews": 2, "handlers": 1, "recusals": 1}
    column = on.rng.randrange(needed[on.name])
    del on.office.heads[on.name][column]
    for row in on.office.rows[on.name]:
        del row[column]


@form
def _heads_swapped(on: Trial) -> None:
    pairs = {"cases": (1, 2), "events": (0, 1), "reviews": (0, 3), "handlers": (0, 2)}
    one, other = pairs.get(on.name, (0, 1))
    heads = on.office.heads[on.name]
    heads[one], heads[other] = heads[other], heads[one]


@form
def _cells_moved(on: Trial) -> None:
    row = on.rng.choice(on.office.rows[on.name])
    row.insert(0, row.pop())


@form
def _a_case_that_is_not_there(on: Trial) -> None:
    table = on.rng.choice(["events", "reviews"])
    on.rng.choice(on.office.rows[table])[0] += "x"


@form
def _rows_of_blanks(on: Trial) -> None:
    rows = on.office.rows[on.name]
    for _row in range(on.rng.randrange(1, 3)):
        rows.insert(
            on.rng.randrange(len(rows) + 1), [on.rng.choice(["", " "]) for _head in rows[0]]
        )


@content
def _a_row_left_out(on: Trial) -> None:
    del on.office.rows["events"][on.rng.randrange(len(on.office.rows["events"]))]


@content
def _like_columns_swapped(on: Trial) -> None:
    heads = on.office.heads["cases"]
    heads[3], heads[4] = heads[4], heads[3]


@content
def _another_letter(on: Trial) -> None:
    row, column = _cell(on, {"cases": (5,)})
    row[column] = "\u600e" + row[column][1:]


@content
def _another_day(on: Trial) -> None:
    row, _column = _cell(Trial(on.office, "events", on.rng), {"events": (1,)})
    row[1] = row[1].replace("2024-0", "2023-0").replace(" 09", " 08")


@content
def _another_number(on: Trial) -> None:
    row, column = _cell(Trial(on.office, "cases", on.rng), {"cases": (6,)})
    row[column] = str(float(row[column]) * 10)
