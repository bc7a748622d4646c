"""`triage draft`: from the files of an office to an office file that `triage check` accepts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cli.show import questions
from tests.cases.draft.exports import EXPORTS, IN_DATABASE, Export
from tests.factories.command import triage

Made = Callable[[Path], tuple[Export, list[Path]]]


def words(name: str, paths: list[Path]) -> list[object]:
    """What names these tables on the command line."""
    if name == "database":
        return [*IN_DATABASE.values(), "--database", f"sqlite:///{paths[0].name}"]
    return list(paths)


@pytest.mark.parametrize(("name", "make"), EXPORTS.items(), ids=EXPORTS)
def test_an_export_is_drafted_without_an_edit(name: str, make: Made, tmp_path: Path) -> None:
    """All tables are read without a fault, and every id as it stands in the file."""
    export, paths = make(tmp_path)
    out = tmp_path / "office.toml"
    result = triage("draft", *words(name, paths), "--out", out, "--no-questions")
    assert result.exit_code == 0, result.output
    office = load_office(out)
    tables = read_tables(office, tmp_path)
    ids = export.tables["cases"].to_series(0)
    assert sorted(tables.case_rows["case_id"]) == sorted(ids)
    declared = office.tables["cases"].columns
    assert {declared.get(own, own) for own in office.unanswered} == export.attributes.keys()
    assert office.attributes == {}


def test_check_lists_what_is_open(tmp_path: Path) -> None:
    """When each attribute is known, and which grades are a defect."""
    _export, paths = EXPORTS["Chinese CSV"](tmp_path)
    out = tmp_path / "office.toml"
    triage("draft", *paths, "--out", out)
    checked = triage("check", out)
    assert checked.exit_code == 0, checked.output
    assert "attributes.people.known" in checked.output
    assert "which grades are a defect?" in checked.output


def test_what_is_answered_stands_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect, two moments, one skipped question; what is no choice is asked again."""
    _export, paths = EXPORTS["Chinese CSV"](tmp_path)
    out, answers = tmp_path / "office.toml", iter(["", "", "y", "n", "perhaps", "1", ""])
    monkeypatch.setattr(questions, "can_ask", lambda: True)
    monkeypatch.setattr("cli.show.questions.can_ask", lambda: True)
    monkeypatch.setattr("rich.console.Console.input", lambda *_: next(answers))
    result = triage("draft", *paths, "--out", out)
    assert result.exit_code == 0, result.output
    assert "That is none of the choices." in result.output
    office = load_office(out)
    assert office.reviews is not None
    assert office.defect_grades == {"不合格"}
    assert [fact.known for fact in office.attributes.values()] == ["intake"]
    assert len(office.unanswered) == 1
    text = out.read_text("utf-8")
    assert [text.count(f"defect = {word}  # ?") for word in ("true", "false")] == [0, 2]


def test_all_questions_can_be_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D ends them, and the file is written all the same."""

    def end(*_: object) -> str:
        raise EOFError

    _export, paths = EXPORTS["Chinese CSV"](tmp_path)
    monkeypatch.setattr("cli.show.questions.can_ask", lambda: True)
    monkeypatch.setattr("rich.console.Console.input", end)
    assert triage("draft", *paths, "--out", tmp_path / "office.toml").exit_code == 0
    assert load_office(tmp_path / "office.toml").attributes == {}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """Neither an office file that a person has completed, nor anything else."""
    _export, paths = EXPORTS["Chinese CSV"](tmp_path)
    out = tmp_path / "office.toml"
    out.write_text("[office]\n", "utf-8")
    result = triage("draft", *paths, "--out", out)
    assert result.exit_code == 2
    assert "is there already" in result.output
    assert out.read_text("utf-8") == "[office]\n"


def test_tables_elsewhere_are_named_from_their_folder(tmp_path: Path) -> None:
    """The next command says which folder that is."""
    (tmp_path / "data").mkdir()
    (tmp_path / "offices").mkdir()
    _export, paths = EXPORTS["Chinese CSV"](tmp_path / "data")
    out = tmp_path / "offices" / "office.toml"
    result = triage("draft", *paths, "--out", out)
    assert "--data" in result.output
    assert tomllib.loads(out.read_text("utf-8"))["tables"]["cases"]["path"] == "案件.csv"
    assert triage("check", out, "--data", tmp_path / "data").exit_code == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["nowhere.csv"], "is not there"),
        (["cases", "--database", "postgresql://a:b@host/x"], "holds a password"),
        (["cases", "--database", "postgresql://a@host:po rt/x"], "is not the URL of a database"),
        (["cases", "--database", "sqlite:///none.db"], "is not there"),
        (["ca\nses.csv"], "has a name that an office file cannot give"),
        (["cases", "--database", "nosuch://u@h/x"], "needs the driver nosuch"),
        ([Path(__file__)], "has an ending that is not read here"),
        ([Path(__file__).parent], "is a folder. Name the tables in it"),
    ],
    ids=[
        *("no file", "a password", "no port", "no database", "two lines", "no driver"),
        *("no table", "a folder"),
    ],
)
def test_what_cannot_be_read_is_a_fault(given: list[object], says: str, tmp_path: Path) -> None:
    """With what to do, and nothing is written."""
    result = triage("draft", *given, "--out", tmp_path / "office.toml")
    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "office.toml").exists()


def test_rules_are_drafted_from_the_log_of_an_office(tmp_path: Path) -> None:
    """The office file is given, the rules are comments, and what is there is not written over."""
    lines = [f"c{n},2026-01-05 09:00,2026-02-0{n % 9 + 1}" for n in range(40)]
    cases = "\n".join(["case_id,opened_at,closed_at", *lines])
    steps = [
        f"c{n},2026-01-0{day} 10:00,{what}" for n in range(40) for day, what in ((6, "a"), (8, "b"))
    ]
    (tmp_path / "cases.csv").write_text(cases)
    (tmp_path / "events.csv").write_text("\n".join(["case_id,at,activity", *steps]))
    (tmp_path / "office.toml").write_text(
        'office = { name = { en = "o" } }\n'
        'tables = { cases = { path = "cases.csv" }, events = { path = "events.csv" } }\n'
        'activities = { a = { meaning = { en = "a" } }, b = { meaning = { en = "b" } } }\n'
    )
    out = tmp_path / "process.toml"
    for _time in range(2):
        result = triage("draft", "--process", tmp_path / "office.toml", "--out", out)
        assert result.exit_code == 0, result.output
    assert "none is in force" in result.output
    assert tomllib.loads(out.read_text("utf-8")) == {}
    assert '# rule = "must_precede"\n# activity = "a"\n# before = "b"' in out.read_text("utf-8")
    refused = triage(
        "draft", "--process", tmp_path / "office.toml", "--out", tmp_path / "cases.csv"
    )
    assert (refused.exit_code, "is there already" in refused.output) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "has nothing to read"),
        (["cases.csv", "--process", "office.toml"], "reads the tables that its office file names"),
        (["cases.csv", "--data", "."], "belong to `--process`"),
    ],
)
def test_what_is_drafted_is_said_once(words: list[str], said: str, tmp_path: Path) -> None:
    """Tables, or an office file that has them."""
    result = triage("draft", *words, "--out", tmp_path / "out.toml")
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
