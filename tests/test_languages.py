"""A third language is a catalogue and nothing else: every word for people is in it.

The language is made by machine: each text is the English one in brackets. The office file's
words are in brackets too. What then stands outside of brackets was never given to a translator.
"""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from babel import Locale

from cases.demo import make_demo
from cases.office.loading import load_office
from cli.app import COMMANDS
from cli.commands.users import WHAT
from serving.running.worker import load_context
from serving.workspace import Workspace
from tests.factories.client import ask
from tests.factories.command import triage
from tests.factories.languages import (
    MADE_UP,
    forget_catalogues,
    made_up_language,
    page_text,
    unbracketed,
)
from tests.factories.small_office import small_office

CASES = 6_000
WIDE = "2000"  # columns of the terminal, so that no cell of a table is broken
LIBRARIES = {
    *("Python", "plumbline", "polars", "narwhals", "lightgbm", "scikit", "learn", "numpy", "scipy"),
}
PROTOCOLS = {"POST", "GET", "HTTP", "JSON", "OpenAPI", "Prometheus"}
NAMES = {
    "Plumbline",  # the product
    "triage",  # the program
    "AUC",  # a measure; the same in every language
    "SHA",  # a hash
    *LIBRARIES,
    *Locale.parse(MADE_UP).months["format"]["wide"].values(),  # from the CLDR, not from us
    *(word for command, _help in COMMANDS for word in command.__name__.split("_")),
    *("English", "Esperanto"),  # each language is offered by its own name
}


def bracketed_office(folder: Path, **how: object) -> Path:
    """The demo office with every word also in the made-up language, which it speaks."""
    office = make_demo(folder, **how)
    text = office.read_text("utf-8").replace('language = "en"', f'language = "{MADE_UP}"')
    words = re.sub(r'(?<=[{ ])en = "([^"]*)"', rf'en = "\1", {MADE_UP} = "⟦\1⟧"', text)
    office.write_text(words, "utf-8")
    return office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The office after the whole job of the demo, in the made-up language; what was shown."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", WIDE)
        patched.setattr("cases.demo.make_demo", bracketed_office)
        made_up_language(tmp_path_factory.mktemp("locale"), patched)
        made = triage("demo", folder, "--cases", CASES, "--seed", 5, "--language", MADE_UP)
        assert made.exit_code == 0, made.output
        (folder / "shown.txt").write_text(made.output, "utf-8")
        yield folder / "office.toml"
    forget_catalogues()


@pytest.fixture(scope="module")
def codes(office: Path) -> set[str]:
    """The values of the office's tables: data, and not words of ours."""
    tables = [pl.read_csv(path, infer_schema=False) for path in office.parent.glob("*.csv")]
    tables += [pl.read_parquet(path) for path in office.parent.glob("*.parquet")]
    columns = [
        table[name] for table in tables for name, kind in table.schema.items() if kind == pl.String
    ]
    values = {value for column in columns for value in column.unique().drop_nulls()}
    return {word for value in values for word in re.findall(r"[^\W\d_]{2,}", value)} | NAMES


@pytest.fixture(scope="module")
def english(office: Path) -> Path:
    """The same office, which speaks English: what is in brackets was asked for by the reader."""
    text = office.read_text("utf-8")
    speaks = f'language = "{MADE_UP}"'
    assert speaks in text
    target = office.with_name("english.toml")
    target.write_text(text.replace(speaks, 'language = "en"', 1), "utf-8")
    return target


def test_a_word_outside_of_brackets_is_found() -> None:
    """In a text, in a page, in its attributes and pictures, and not what is no word."""
    assert unbracketed("⟦all ⟦7⟧⟧ out `code` --as-of a.csv P-0017 12 a_b") == {"out"}
    picture = base64.b64encode(b"<svg><style>no</style><text>axis</text></svg>").decode()
    page = f"""<title>⟦title⟧</title><style>no</style><p title="tip">one <code>no</code> two
        <img alt="what" src="data:image/svg+xml;base64,{picture}">⟦in <b>bold</b>⟧</p>"""
    assert unbracketed(page_text(page)) == {"tip", "one", "two", "what", "axis"}


def test_the_job_of_the_demo(office: Path, codes: set[str]) -> None:
    """Its steps, tables and sentences."""
    assert unbracketed((office.parent / "shown.txt").read_text("utf-8"), codes) == set()


@pytest.mark.parametrize(
    "page", ["report.eo.html", "intake/intake.html", "plan/plan.html", "plan/sheets.html"]
)
def test_pages(office: Path, codes: set[str], page: str) -> None:
    """Report and intake, with the words in their pictures."""
    text = page_text((office.parent / page).read_text("utf-8"))
    assert unbracketed(text, codes) == set()


@pytest.mark.parametrize(
    ("sheet", "columns"),
    [
        ("plan/plan.csv", ["why", "^reason_.*$"]),
        ("intake/intake.csv", ["why", "how_so", "^reason_.*$"]),
    ],
)
def test_sheets(office: Path, codes: set[str], sheet: str, columns: list[str]) -> None:
    """The columns that hold sentences."""
    sentences = pl.read_csv(office.parent / sheet, infer_schema=False).select(columns)
    text = "\n".join(cell or "" for row in sentences.iter_rows() for cell in row)
    assert text
    assert unbracketed(text, codes) == set()


def test_an_intake_of_an_office_that_speaks_english(
    english: Path, codes: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page, sheet and terminal are wholly in the language asked for."""
    home = tmp_path / "home"  # with the models, and a ledger that knows of no intake
    shutil.copytree(english.parent / ".triage", home, ignore=shutil.ignore_patterns("ledger*"))
    monkeypatch.setenv("TRIAGE_HOME", str(home))
    new, folder = english.parent / "intake.csv", tmp_path / "intake"
    words = ("--cases", new, "--out", folder, "--language", MADE_UP)
    shown = triage("intake", english, *words)
    assert shown.exit_code == 0, shown.output
    assert unbracketed(shown.output, codes) == set()
    assert unbracketed(page_text((folder / "intake.html").read_text("utf-8")), codes) == set()
    sheet = pl.read_csv(folder / "intake.csv", infer_schema=False)
    sentences = sheet.select("why", "how_so", "^reason_.*$").rows()
    text = "\n".join(cell or "" for row in sentences for cell in row)
    assert text
    assert unbracketed(text, codes) == set()


def test_a_plan_of_an_office_that_speaks_english(
    english: Path, codes: set[str], tmp_path: Path
) -> None:
    """Sheet and terminal are wholly in the language asked for."""
    words = ("--capacity", 20, "--as-of", "2026-06-30", "--language", MADE_UP)
    shown = triage("plan", english, *words, "--out", tmp_path / "plan")
    assert shown.exit_code == 0, shown.output
    assert unbracketed(shown.output, codes) == set()
    sheet = pl.read_csv(tmp_path / "plan" / "plan.csv", infer_schema=False)
    sentences = sheet.select("why", "^reason_.*$").rows()
    assert unbracketed("\n".join(cell or "" for row in sentences for cell in row), codes) == set()


def test_a_model_card_of_an_office_that_speaks_english(
    english: Path, codes: set[str], tmp_path: Path
) -> None:
    """And what is shown while the report is made."""
    office, card = english, tmp_path / "card.md"
    words = ("--out", card, "--plan", office.parent / "plan", "--language", MADE_UP)
    shown = triage("report", office, *words)
    assert shown.exit_code == 0, shown.output
    columns = load_office(office).attributes  # what the model reads, as the tables call it
    text = shown.output + card.read_text("utf-8")
    assert unbracketed(text, codes | set(" ".join(columns).replace("_", " ").split())) == set()


def test_a_replay(
    office: Path, codes: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table on the terminal and the page; of an office whose own words are English."""
    tables, page = small_office(700), tmp_path / "replay.html"
    monkeypatch.setattr(Workspace, "tables", lambda *_: tables)
    texts = re.findall(r'"en":"([^"]*)"', tables.office.model_dump_json())
    words = codes | {word for text in texts for word in re.findall(r"[^\W\d_]{2,}", text)}
    span = ("--from", "2024-04-01", "--to", "2024-07-31", "--every", "quarter", "--capacity", 20)
    shown = triage("replay", office, *span, "--out", page)
    assert shown.exit_code == 0, shown.output
    assert unbracketed(shown.output, words) == set()
    assert unbracketed(page_text(page.read_text("utf-8")), words) == set()


def test_models_plans_and_draws_again(office: Path, codes: set[str]) -> None:
    """What is read back: versions with the gate's reasons, and what a draw is found to be."""
    folder = office.parent
    spoken = ("--language", MADE_UP)
    for words in (
        ("models", office),
        ("estimate", office, "--plan", folder / "plan"),
        ("estimate", office),
        ("verify", folder / "plan", *spoken),
        ("verify", folder / "intake", *spoken),
        ("verify", folder, *spoken),
        ("shares", folder / "intake", *spoken),
        ("seed", *spoken),
        ("rollback", office, "--reason", "why"),
        ("plan", office, "--as-of", "2010-01-01", "--capacity", 1, "--out", folder / "none"),
    ):
        assert unbracketed(triage(*words).output, codes | {"why"}) == set(), words


def test_faults_of_tables(office: Path, english: Path, codes: set[str], tmp_path: Path) -> None:
    """Of values, of links between tables, of columns that are missing."""
    assert english.parent == office.parent
    broken = tmp_path / "broken"
    shutil.copytree(office.parent, broken, ignore=shutil.ignore_patterns(".triage"))
    cases = pl.read_csv(broken / "cases.csv", infer_schema=False)
    spoilt = pl.int_range(pl.len())
    cases.with_columns(
        opened_at=pl.when(spoilt == 1).then(pl.lit("2024-02-31")).otherwise("opened_at"),
        closed_at=pl.when(spoilt == 2).then(pl.lit("1999-01-01")).otherwise("closed_at"),
        case_id=pl.when(spoilt == 3).then(pl.lit(None)).otherwise("case_id"),
        suspects=pl.when(spoilt == 4).then(pl.lit("x")).otherwise("suspects"),
    ).write_csv(broken / "cases.csv")
    reviews = pl.read_csv(broken / "reviews.csv", infer_schema=False)
    reviews.with_columns(grade=pl.lit("x")).write_csv(broken / "reviews.csv")
    shown = triage("check", broken / "office.toml")
    assert shown.exit_code == 2
    assert unbracketed(shown.output, codes) == set()
    aside = tmp_path / "aside.csv"  # in the language asked for, of an office that speaks English
    words = ("--set-aside", aside, "--language", MADE_UP)
    triage("check", broken / "english.toml", *words)
    explained = pl.read_csv(aside, infer_schema=False).select("problem", "remedy").rows()
    assert explained
    assert unbracketed("\n".join(cell for row in explained for cell in row), codes) == set()
    cases.drop("opened_at").write_csv(broken / "cases.csv")
    assert unbracketed(triage("check", broken / "office.toml").output, codes) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "arrest_review"', 'code = ""'),
        ("days = 7", 'days = "many"'),
        ('known = "intake"', 'known = "never"'),
        ("[office]", "[office]\nnonsense = 1"),
        ("[tables]", "[tables"),
    ],
)
def test_faults_of_an_office_file(
    office: Path, codes: set[str], tmp_path: Path, old: str, new: str
) -> None:
    """Of values, of names that are not known, and of a file that is not TOML."""
    text = office.read_text("utf-8")
    assert old in text
    (tmp_path / "office.toml").write_text(text.replace(old, new, 1), "utf-8")
    shown = triage("check", tmp_path / "office.toml", "--language", MADE_UP)
    assert shown.exit_code == 2
    assert unbracketed(shown.output, codes) == set()


@pytest.mark.parametrize(
    "name", [None, *(command.__name__.replace("_", "-") for command, _help in COMMANDS)]
)
def test_help(office: Path, codes: set[str], name: str | None) -> None:
    """Of the program and of every command."""
    words = (name, "--help") if name else ("--help",)
    choices = {"month", "quarter", "year", *WHAT}  # what is written on the command line
    shown = triage(*words, "--language", MADE_UP).output
    assert unbracketed(shown, codes | choices) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "x"),
        ("verify",),
        ("chek",),
        ("seed", "--wrong"),
        ("seed", "more"),
        ("demo", "--cases", "9x"),
        ("score", "x", "--out", "y.csv", "--as-of", "2026"),
        ("replay", "x", "--every", "9x"),
        ("replay", "x", "--share", "5"),
        ("replay", "x", "--seeds", "0"),
        ("check", "nowhere.toml"),
        ("rollback", "x.toml", "--reason", " "),
    ],
)
def test_mistakes(office: Path, codes: set[str], words: tuple[str, ...]) -> None:
    """What is wrong with a command line."""
    shown = triage(*words, "--language", MADE_UP)
    assert shown.exit_code == 2
    assert unbracketed(shown.output, codes | {"chek"}) == set()


def test_the_service(office: Path, codes: set[str]) -> None:
    """Its first page, and what is wrong with a request."""
    context = load_context(Workspace.of(office))
    landing = ask("GET", "/interface", context, headers={"accept": "text/html"}).text
    problem = ask(
        "POST", "/v1/spot_checks", context, json={"as_of": "never", "capacity": -1}
    ).json()
    assert unbracketed(page_text(landing), codes | PROTOCOLS) == set()
    spoken = {name: text for name, text in _members(problem) if name in SPOKEN_MEMBERS}
    assert spoken
    assert unbracketed("\n".join(spoken.values()), codes) == set()


SPOKEN_MEMBERS = {"detail", "problem", "remedy"}  # the title is that of HTTP


def _members(value: object) -> Iterator[tuple[str, str]]:
    """The names and texts of a JSON value, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [(name, inner)] if isinstance(inner, str) else _members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner)
