"""Tests of the `triage` command as a user meets it."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from cases.tables.tables import Tables
from cli import main
from policies.spot_check.plan import PlanParameters
from serving.use_cases.spot_checks import ServiceContext, spot_checks
from serving.workspace import Workspace
from tests.factories.command import triage
from tests.factories.fakes import FakeModel, context
from tests.factories.files import OFFICE
from tests.factories.small_office import small_office

README = Path(__file__).parents[3] / "README.md"
COMMANDS = (
    "demo",
    "check",
    "train",
    "models",
    "rollback",
    "score",
    "plan",
    "seed",
    "verify",
    "estimate",
    "report",
    "replay",
    "intake",
    "shares",
    "serve",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo office that went through the whole job."""
    folder = tmp_path_factory.mktemp("office")
    result = triage("demo", folder, "--cases", 6000, "--seed", 5)
    assert result.exit_code == 0, result.output
    return folder / "office.toml"


def test_demo_does_the_whole_job(office: Path) -> None:
    """The demo leaves a plan, its replay files and a report in both languages."""
    plan = pl.read_csv(office.parent / "plan" / "plan.csv")
    assert plan.columns[:7] == [
        "rank",
        "case_id",
        "selected_by",
        "inclusion_probability",
        "risk",
        "risk_low",
        "risk_high",
    ]
    assert set(plan["selected_by"]) <= {"mandatory", "search", "lottery"}
    assert plan["why"].null_count() == 0
    for language in ("en", "zh"):
        assert "<html" in (office.parent / f"report.{language}.html").read_text("utf-8")


def test_verify_redraws_the_plan(office: Path, tmp_path: Path) -> None:
    """The demo's plan matches; with one line of the list exchanged it is refused."""
    kept = tmp_path / "kept"
    shutil.copytree(office.parent / "plan", kept)
    same = triage("verify", kept)
    assert (same.exit_code, same.output.split(":")[0]) == (0, "It matches")

    sheet = pl.read_csv(kept / "plan.csv", infer_schema=False)
    sheet[1:].write_csv(kept / "plan.csv")
    other = triage("verify", kept)
    assert other.exit_code == 3
    assert re.search("plan.csv has case_id [AP]-[0-9]+ at rank 1, the draw", other.output)
    assert triage("verify", kept, "--commitment", "0" * 64).exit_code == 3


def test_a_committed_seed_is_shown_to_be_the_one_drawn_with(office: Path, tmp_path: Path) -> None:
    """Hash published, plan drawn, seed revealed: verification binds the three together."""
    made = re.findall(r"\b([0-9a-f]{32}|[0-9a-f]{64})\b", triage("seed").output)
    assert [len(one) for one in made] == [32, 64]
    wish = ("--as-of", "2026-06-30", "--capacity", 60, "--seed", made[0])
    assert triage("plan", office, *wish, "--out", tmp_path / "plan").exit_code == 0
    assert triage("verify", tmp_path / "plan", "--commitment", made[1]).exit_code == 0


def test_intake_suggests_and_can_be_drawn_again(office: Path, tmp_path: Path) -> None:
    """A file of new cases becomes a list, a page and what a stranger needs to check the lot."""
    new, kept = office.parent / "intake.csv", tmp_path / "intake"
    result = triage("intake", office, "--cases", new, "--out", kept, "--seed", "s")
    assert result.exit_code == 0, result.output
    sheet = pl.read_csv(kept / "intake.csv")
    assert sheet["case_id"].to_list() == pl.read_csv(new)["case_id"].to_list()
    assert set(sheet["track"]) <= {"simple", "complex", "person"}
    assert set(sheet["how"]) <= {"drawn", "unassigned"}
    assert "<html" in (kept / "intake.html").read_text("utf-8")
    same = triage("verify", kept)
    assert (same.exit_code, same.output.split(":")[0]) == (0, "It matches")
    agreed = triage("shares", kept, kept)
    assert agreed.exit_code == 0, agreed.output
    assert f"{sheet.height} cases drawn" in agreed.output.replace("\n", " ")
    twice = triage("shares", kept, office.parent / "intake")
    assert (twice.exit_code, "was drawn in two of these" in twice.output) == (3, True)
    again = triage("intake", office, "--cases", new, "--out", kept)
    assert (again.exit_code, "already holds an intake" in again.output) == (2, True)


def test_an_intake_counts_what_an_earlier_one_gave(office: Path, tmp_path: Path) -> None:
    """Cases the tables lack weigh on their handlers, and are not drawn once more."""
    header, *lines = (office.parent / "intake.csv").read_text("utf-8").splitlines()
    for name, part in (("one", lines[:20]), ("two", lines[20:])):
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *part]), "utf-8")
    first = ("--cases", tmp_path / "one.csv", "--as-of", "2026-07-08", "--out", tmp_path / "one")
    assert triage("intake", office, *first).exit_code == 0
    then = ("--as-of", "2026-07-08", "--after", tmp_path / "one", "--out", tmp_path / "two")
    assert triage("intake", office, "--cases", tmp_path / "two.csv", *then).exit_code == 0
    one, two = (pl.read_csv(tmp_path / name / "loads.csv") for name in ("one", "two"))
    assert one["open_after"].to_list() == two["open_before"].to_list()
    assert one["after"].sum() == pytest.approx(two["before"].sum(), abs=0.5)
    again = triage("intake", office, "--cases", tmp_path / "one.csv", *then[:-1], tmp_path / "x")
    assert (again.exit_code, "has been given to somebody already" in again.output) == (2, True)


def test_an_intake_that_was_touched_is_found(office: Path, tmp_path: Path) -> None:
    """With two handlers exchanged the draw does not match, and no shares are tested."""
    kept = tmp_path / "kept"
    shutil.copytree(office.parent / "intake", kept)
    sheet = pl.read_csv(kept / "intake.csv", infer_schema=False)
    handlers = sheet["handler"].reverse()
    assert handlers.to_list() != sheet["handler"].to_list()
    sheet.with_columns(handlers).write_csv(kept / "intake.csv")
    other = triage("verify", kept)
    assert (other.exit_code, "the draw gives it to" in other.output) == (3, True)
    refused = triage("shares", kept)
    assert (refused.exit_code, "Nothing is tested with it" in refused.output) == (3, True)
    sheet.with_columns(track=pl.lit("simple")).write_csv(kept / "intake.csv")
    other = triage("verify", kept)
    assert (other.exit_code, "another track or designation" in other.output) == (3, True)
    (kept / "chances.parquet").write_bytes(b"\x00[")
    broken = triage("verify", kept)
    assert (broken.exit_code, "chances.parquet" in broken.output) == (2, True)


def test_faults_of_new_cases_are_listed(office: Path, tmp_path: Path) -> None:
    """A file of new cases is refused with file, row, column and value, and nothing is written."""
    lines = (office.parent / "intake.csv").read_text("utf-8").splitlines()
    (tmp_path / "new.csv").write_text("\n".join([lines[0], lines[1], lines[1]]), "utf-8")
    out = ("--out", tmp_path / "out")
    result = triage("intake", office, "--cases", tmp_path / "new.csv", *out)
    assert result.exit_code == 2
    assert "new.csv, row 3, column case_id" in result.output
    assert not (tmp_path / "out").exists()


def test_estimate_of_a_drawn_plan(office: Path, tmp_path: Path) -> None:
    """From the reviews that came back after an early plan; without a plan it is refused."""
    wish = ("--as-of", "2025-12-31", "--capacity", 900, "--seed", "s")
    assert triage("plan", office, *wish, "--out", tmp_path / "plan").exit_code == 0
    found = triage("estimate", office, "--plan", tmp_path / "plan")
    assert found.exit_code == 0, found.output
    assert "Defect rate of all" in found.output
    assert "have not come back" in found.output
    assert "no ranking" in found.output
    twice = triage("estimate", office, "--plan", tmp_path / "plan", "--plan", tmp_path / "plan")
    assert (twice.exit_code, "several plans" in twice.output) == (3, True)
    refused = triage("estimate", office)
    assert refused.exit_code == 3
    assert "picked by rule or by hand" in refused.output
    listed = tmp_path / "plan" / "plan.csv"
    listed.write_text("".join(listed.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    touched = triage("estimate", office, "--plan", tmp_path / "plan")
    assert (touched.exit_code, "NOT match" in touched.output) == (3, True)


@pytest.mark.parametrize("name", ["plan.json", "plan.csv", "frame.parquet"])
def test_a_broken_plan_folder_is_told_by_its_file(office: Path, tmp_path: Path, name: str) -> None:
    """A file that is missing or no such file is named, without a traceback."""
    kept = tmp_path / "kept"
    shutil.copytree(office.parent / "plan", kept)
    (kept / name).write_bytes(b"\x00[")
    broken = triage("verify", kept)
    assert (broken.exit_code, name in broken.output) == (2, True)
    (kept / name).unlink()
    missing = triage("verify", kept)
    assert missing.exit_code == 2
    assert f"{name}: is not there." in missing.output


def test_a_folder_that_cannot_be_made_is_told(office: Path, tmp_path: Path) -> None:
    """A file in the way of the plan's folder gives a sentence."""
    (tmp_path / "file").write_text("")
    wish = ("--as-of", "2026-06-30", "--capacity", 60, "--out", tmp_path / "file" / "plan")
    result = triage("plan", office, *wish)
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_the_same_seed_draws_the_same_plan(office: Path, tmp_path: Path) -> None:
    """Two plans with one seed are equal to the byte; another seed draws another lottery."""
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        wish = ("--as-of", "2026-06-30", "--capacity", 60, "--seed", seed)
        assert triage("plan", office, *wish, "--out", tmp_path / name).exit_code == 0
    texts = [(tmp_path / name / "plan.csv").read_bytes() for name in ("one", "two", "three")]
    assert texts[0] == texts[1] != texts[2]
    described = json.loads((tmp_path / "one" / "plan.json").read_text("utf-8"))
    frame = pl.read_parquet(tmp_path / "one" / "frame.parquet")
    assert described["frame_cases"] == frame.height
    assert frame["inclusion_probability"].sum() == pytest.approx(sum(described["drawn"].values()))


def test_a_plan_of_no_case_is_refused(office: Path, tmp_path: Path) -> None:
    """Before any case was closed there is nothing to draw, and nothing is written."""
    wish = ("--as-of", "2010-01-01", "--capacity", 60, "--out", tmp_path / "plan")
    result = triage("plan", office, *wish)
    assert result.exit_code == 2
    assert 'value "2010-01-01": finds no case closed by then' in result.output
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize(
    ("as_of", "note"),
    [("2026-03-31", "With hindsight: the model learnt"), ("2031-01-01", "The newest record")],
)
def test_a_plan_out_of_time_says_so(office: Path, tmp_path: Path, as_of: str, note: str) -> None:
    """A model that knows more than the day of the plan, or tables that end before it, are noted."""
    result = triage("plan", office, "--as-of", as_of, "--capacity", 60, "--out", tmp_path / "plan")
    (kept,) = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))["notes"]
    assert kept.startswith(note)
    assert note in result.output
    assert triage("verify", tmp_path / "plan").exit_code == 0


def test_cases_are_shown_as_they_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads like the markup of the terminal is neither run nor left out."""
    shown = Console(file=StringIO(), width=200, emoji=False)
    monkeypatch.setattr(main, "out", shown)
    ids = {"a": "A[/x]", "b": "2024[refile]7", "c": "c", "d": ":smile:", "e": "e"}
    tables = context().tables
    renamed = Tables.of(
        tables.office, tables.case_rows.with_columns(pl.col("case_id").replace(ids))
    )
    wish = PlanParameters.of(tables.office, as_of=datetime(2026, 6, 30), capacity=4, seed="1")
    main._show_plan(spot_checks(ServiceContext(renamed, FakeModel()), wish), renamed)
    assert all(ids[one] in shown.file.getvalue() for one in "abd")


def test_a_plan_is_not_drawn_over_another(office: Path) -> None:
    """A folder that holds a plan, or part of one, is refused before anything is read."""
    folder = office.parent / "plan"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    wish = ("--as-of", "2026-06-30", "--capacity", 60, "--out", folder)
    result = triage("plan", "nowhere.toml", *wish)
    assert result.exit_code == 2
    assert "already holds a plan (plan.json). Name another folder." in result.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("command", "name", "sentence"),
    [
        ("score", "cases.csv", "is a table of the office"),
        ("score", "risk.xlsx", "End it in .csv or .parquet."),
        ("score", "absent/risk.csv", "cannot be written"),
        ("report", "report.docx", "End it in .html or .pdf or .json or .md."),
        ("report", "absent/report.html", "cannot be written"),
        ("plan", "office.toml/plan", "cannot be written"),
    ],
)
def test_a_target_is_checked_before_the_work(
    office: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str, sentence: str
) -> None:
    """What cannot or must not be written is told before a table is read, and kept."""
    monkeypatch.delattr(Workspace, "tables")
    before = (office.parent / "cases.csv").read_bytes()
    wish = {"score": ("--as-of", "2026-06-30"), "report": ()}
    words = wish.get(command, ("--as-of", "2026-06-30", "--capacity", 60))
    result = triage(command, office, *words, "--out", office.parent / name)
    assert result.exit_code == 2
    assert sentence in result.output
    assert (office.parent / "cases.csv").read_bytes() == before


def test_score_and_report(office: Path, tmp_path: Path) -> None:
    """Scores and report are written where they are wanted."""
    target = tmp_path / "risk.csv"
    assert triage("score", office, "--as-of", "2026-06-30", "--out", target).exit_code == 0
    assert pl.read_csv(target)["risk"].is_between(0, 1).all()
    page = tmp_path / "report.html"
    assert triage("report", office, "--out", page, "--language", "zh").exit_code == 0
    assert 'lang="zh' in page.read_text("utf-8")


def test_office_without_reviews(office: Path, tmp_path: Path) -> None:
    """Without reviews complexity is trained, told and reported on; what needs risk is refused."""
    bare = tmp_path / "bare"
    shutil.copytree(office.parent, bare, ignore=shutil.ignore_patterns(".triage"))
    file = bare / "office.toml"
    sections = re.split(r"\n(?=\[)", file.read_text("utf-8"))
    reviews = ("[tables.reviews", "[reviews", "[[reviews")
    kept = [one for one in sections if not one.startswith(reviews)]
    file.write_text("\n".join(kept), "utf-8")
    trained = triage("train", file)
    assert trained.exit_code == 0, trained.output
    assert "Risk is not trained: the office file describes no reviews" in trained.output
    assert "Judged by complexity: AUC" in trained.output
    page = bare / "report.html"
    assert triage("report", file, "--out", page).exit_code == 0
    assert "says nothing about risk" in page.read_text("utf-8")
    asked = ("--as-of", "2026-06-30", "--out", bare / "out.csv")
    for wish in (("score", file, *asked), ("plan", file, *asked, "--capacity", 20)):
        refused = triage(*wish)
        assert refused.exit_code == 3
        assert "says nothing about risk" in refused.output


def test_replay_tells_what_each_way_would_have_found(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table has every way to choose, and the page is written where it is wanted."""
    monkeypatch.setattr(Workspace, "tables", lambda *_: small_office(700))
    page = tmp_path / "replay.html"
    span = ("--from", "2024-04-01", "--to", "2024-07-31", "--every", "quarter")
    result = triage("replay", office, *span, "--capacity", 20, "--out", page)
    assert result.exit_code == 0, result.output
    for way in ("This system's draw", "All at random", "Top of the list"):
        assert way in result.output
    assert "2024-Q2" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--from", "2025-06-30", "--to", "2025-01-01"), 2, "is before"),
        (("--from", "2025-01-01", "--to", "2025-06-30", "--capacity", 5, "--share", 0.1), 2, "one"),
        (("--from", "2030-01-01", "--to", "2030-06-30"), 3, "nothing to replay"),
    ],
)
def test_what_cannot_be_replayed(
    office: Path, words: tuple[object, ...], code: int, sentence: str
) -> None:
    """Wishes that contradict each other, and times without outcomes, get a sentence."""
    result = triage("replay", office, *words)
    assert (result.exit_code, sentence in result.output) == (code, True), result.output


def test_check_counts(office: Path) -> None:
    """A clean office is told what it has."""
    result = triage("check", office)
    assert result.exit_code == 0
    assert "6,000" in result.output
    assert "Without a fault." in result.output


def test_faults_are_listed_and_nothing_is_written(office: Path, tmp_path: Path) -> None:
    """Bad rows end with exit code 2, each named; with --set-aside they go to a file."""
    broken = tmp_path / "broken"
    shutil.copytree(office.parent, broken, ignore=shutil.ignore_patterns(".triage"))
    cases = broken / "cases.csv"
    lines = cases.read_text("utf-8").splitlines()
    lines[3] = re.sub(r"\d{4}-\d\d-\d\d", "2024-02-31", lines[3], count=1)
    cases.write_text("\n".join(lines) + "\n", "utf-8")
    result = triage("check", broken / "office.toml")
    assert result.exit_code == 2
    assert "cases.csv, row 4" in result.output
    assert "2024-02-31" in result.output
    aside = tmp_path / "aside.csv"
    assert triage("check", broken / "office.toml", "--set-aside", aside).exit_code == 0
    assert "2024-02-31" in aside.read_text("utf-8")


TABLED = ("check", "train", "score", "plan", "estimate", "report", "serve")


@pytest.mark.parametrize("command", TABLED)
def test_every_command_that_opens_tables_can_do_without_faulty_rows(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option reaches the one place where tables are opened."""
    asked = []

    def stop(place: Workspace, *_: object, **__: object) -> None:
        asked.append(place.set_aside)
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "tables", stop)
    monkeypatch.setattr(main, "become_service", stop)
    (tmp_path / "office.toml").write_text(OFFICE, "utf-8")
    needed = {
        "score": ("--as-of", "2026-06-30", "--out", tmp_path / "x.csv"),
        "plan": ("--as-of", "2026-06-30", "--capacity", 1, "--out", tmp_path / "x"),
        "estimate": ("--plan", tmp_path),
        "report": ("--out", tmp_path / "x.html"),
    }
    words = (*needed.get(command, ()), "--set-aside", tmp_path / "aside.csv")
    triage(command, tmp_path / "office.toml", *words)
    assert asked == [tmp_path / "aside.csv"]


def test_the_version_is_told() -> None:
    """`--version` says which Plumbline it is."""
    assert re.fullmatch(r"Plumbline \d+\.\d+\.\d+\n", triage("--version").output)


def test_no_champion_is_refused(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a model the commands that need one are refused, with what to do."""
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "empty"))
    result = triage("score", office, "--as-of", "2026-06-30", "--out", tmp_path / "risk.csv")
    assert result.exit_code == 3
    assert "triage train" in result.output
    assert triage("serve", office).exit_code == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("check", "nowhere.toml"), "there is no such file"),
        (("score", "office.toml", "--as-of", "31.12.2025", "--out", "x.csv"), "2026-06-30T17"),
        (("train", "office.toml", "--until", "2026-06-30T12:00+08:00"), "2026-06-30T17"),
        (("plan", "office.toml", "--as-of", "2026-01-01", "--out", "x"), "capacity"),
        (("chek",), "chek"),
        (("rollback", "office.toml", "--reason", " "), "the reason is blank."),
        (("demo", "--cases", "0", "unused"), "cases"),
    ],
)
def test_mistakes_get_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    """A mistake on the command line ends with exit code 2 and no traceback."""
    result = triage(*words)
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_impossible_capacity(office: Path, tmp_path: Path) -> None:
    """A plan for no reviews is refused before anything is written."""
    wish = ("--as-of", "2026-06-30", "--capacity", 0, "--out", tmp_path / "plan")
    result = triage("plan", office, *wish)
    assert result.exit_code == 2
    assert "too small" in result.output
    assert not (tmp_path / "plan").exists()


def test_an_unwritable_result_is_a_sentence(office: Path, tmp_path: Path) -> None:
    """A result that cannot be written is told with what to do."""
    target = tmp_path / "absent" / "risk.csv"
    result = triage("score", office, "--as-of", "2026-06-30", "--out", target)
    assert result.exit_code == 2
    assert "cannot be written" in result.output


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (ZeroDivisionError("secret"), 1, "internal error (ZeroDivisionError)"),
    ],
)
def test_crashes_and_ctrl_c(
    error: BaseException, code: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C and our own mistakes end in a sentence that repeats no data."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Workspace, "tables", fail)
    result = triage("check", "office.toml")
    assert result.exit_code == code
    assert sentence in result.output
    assert "secret" not in result.output


def test_every_command_is_documented() -> None:
    """The README names every command, and every command's help says what it does."""
    registered = {
        command.callback.__name__ for command in main.app.registered_commands if command.callback
    }
    assert registered == set(COMMANDS)
    readme = README.read_text("utf-8")
    for name in COMMANDS:
        assert f"`triage {name}" in readme
        assert len(triage(name, "--help").output) > 200
