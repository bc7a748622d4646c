"""Folders of plans and intakes: written whole or again, and read only if they are what they say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from benchmarks.tampering import with_manifest
from cases.errors import BadInput, PlumblineError, Refused
from cases.integrity.manifest import MANIFEST, UNFINISHED
from cli.files.report import tracks_in
from policies.seeds import commitment
from policies.verified import OTHER_SEED
from serving.kept.checked import NO_MANIFEST, Checked, Reader
from serving.kept.intake.checks import check_intake, given_in
from serving.kept.intake.folder import check_intake_folder
from serving.kept.plan import (
    COURSE_FILE,
    FACTS_FILE,
    FRAME_FILE,
    JSON_FILE,
    PAGE_FILE,
    SHEET_FILE,
    check_plan_folder,
)
from serving.kept.plan_checks import SEED_ALONE, check_plan, verified_plan

KEPT = Path(__file__).parents[2] / "policies" / "kept"


def said(checked: Checked) -> list[str]:
    """The differences, in English."""
    return [str(difference) for difference in checked.differences]


def troubles(folder: Path) -> list[str]:
    """The differences of an intake, or why nothing can be computed again."""
    try:
        return said(check_intake(folder, Reader()))
    except PlumblineError as error:
        return [str(error)]


def renewed(folder: Path) -> Path:
    """The folder with a manifest that says what it holds now."""
    target = folder.with_name(f"renewed {folder.name}")
    shutil.rmtree(target, ignore_errors=True)
    with_manifest(folder, target)
    return target


def test_a_plan_and_an_intake_are_as_they_were_written(
    plan_folder: Path, intake_folder: Path
) -> None:
    """Every table is computed again from what the folder keeps."""
    assert check_plan(plan_folder, Reader()).differences == ()
    assert check_intake(intake_folder, Reader()).differences == ()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("rank", "9"), ("risk", "0.001"), ("risk_low", "0.0"), ("reason_1", "nothing")),
        *(("why", "by hand"), ("closed_at", "2026-02-03"), ("kind", "theft"), ("unit", "u9")),
        *(("handler", "h9"), ("selected_by", "lottery"), ("inclusion_probability", "0.25")),
    ],
)
def test_every_column_of_a_plan_is_computed_again(
    plan_folder: Path, column: str, value: str
) -> None:
    """With the manifest renewed the changed cell is named."""
    path = plan_folder / SHEET_FILE
    sheet = pl.read_csv(path, infer_schema=False)
    others = pl.Series(column, [value, *sheet[column][1:]], dtype=pl.String)
    assert others[0] != sheet[column][0]
    sheet.with_columns(others).write_csv(path)
    sentences = said(check_plan(renewed(plan_folder), Reader()))
    assert len(sentences) == 1
    assert f"plan.csv, row 2: {column} is" in sentences[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("effort", "0.01"), ("track", "simple"), ("why", "by hand"), ("handler", "h9")),
        *(("how_so", "by hand"), ("reason_1", "nothing"), ("opened_at", "2026-01-01")),
        *(("complex_probability", "0.5"), ("eligible", "9"), ("probability", "0.25")),
        *(("called", "simple"), ("audit_probability", "0.5")),
    ],
)
def test_every_column_of_an_intake_is_computed_again(
    intake_folder: Path, column: str, value: str
) -> None:
    """With the manifest renewed the changed cell is named."""
    path = intake_folder / "intake.csv"
    sheet = pl.read_csv(path, infer_schema=False)
    others = pl.Series(column, [*sheet[column][:2], value, sheet[column][3]], dtype=pl.String)
    sheet.with_columns(others).write_csv(path)
    sentences = said(check_intake(renewed(intake_folder), Reader()))
    assert len(sentences) == 1
    assert f"intake.csv, row 4: {column} is" in sentences[0]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("plan.html", "of 100 such cases", "of 99 such cases"), ("sheets.html", "bad", "good")],
)
def test_the_pages_of_a_plan_are_written_again(
    plan_folder: Path, file: str, old: str, new: str
) -> None:
    """A changed word is found by the manifest, and by writing the page again if that is renewed."""
    page = plan_folder / file
    text = page.read_text("utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), "utf-8")
    assert said(check_plan(plan_folder, Reader()))[0].startswith(f"It does NOT match: {file} has")
    assert said(check_plan(renewed(plan_folder), Reader())) == [
        f"It does NOT match: {file} is not the page that is written again."
    ]


def test_what_the_sheets_show_is_kept(plan_folder: Path) -> None:
    """Another fact, or an event more in the course of a case, gives another page."""
    facts = pl.read_parquet(plan_folder / FACTS_FILE)
    course = pl.read_parquet(plan_folder / COURSE_FILE)
    event = {"case_id": facts["case_id"][0], "at": facts["opened_at"][0], "activity": "decided"}
    more = pl.concat([course, pl.DataFrame([event], schema=course.schema)])
    for name, changed in (
        (FACTS_FILE, facts.with_columns(charge=pl.lit("x"))),
        (COURSE_FILE, more),
    ):
        before = (plan_folder / name).read_bytes()
        changed.write_parquet(plan_folder / name)
        assert said(check_plan(renewed(plan_folder), Reader())) == [
            "It does NOT match: sheets.html is not the page that is written again."
        ]
        (plan_folder / name).write_bytes(before)


def test_pages_of_another_version_are_bound_by_the_manifest_alone(plan_folder: Path) -> None:
    """A later version of the program writes other pages, and no plan is wrong for that."""
    path, page = plan_folder / JSON_FILE, plan_folder / PAGE_FILE
    described = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(described | {"code": "0.0.9"}), "utf-8")
    page.write_text("an older page", "utf-8")
    assert said(check_plan(plan_folder, Reader()))
    assert said(check_plan(renewed(plan_folder), Reader())) == []


def test_another_audit_seed_is_named(intake_folder: Path) -> None:
    """The audited cases are drawn with the seed that draws the handlers, and no other."""
    path = intake_folder / "intake.json"
    described = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(described | {"audit_seed": "chosen"}), "utf-8")
    (sentence,) = said(check_intake(renewed(intake_folder), Reader()))
    assert "another audit_seed" in sentence


def test_tracks_are_read_from_what_verifies(intake_folder: Path) -> None:
    """A line per case with what is audited; nothing from a folder that was changed."""
    assert tracks_in(intake_folder).columns == ["case_id", "track", "called", "audit_probability"]
    assert tracks_in(intake_folder).height == 4
    (intake_folder / "loads.csv").write_text("changed", "utf-8")
    with pytest.raises(Refused):
        tracks_in(intake_folder)


@pytest.mark.parametrize(
    "file", ["loads.csv", "excluded.parquet", "chances.parquet", "intake.html", "handlers.parquet"]
)
def test_every_other_file_of_an_intake_is_computed_again(intake_folder: Path, file: str) -> None:
    """Loads, the excluded, probabilities, the page, and what all of it follows from."""
    path = intake_folder / file
    if path.suffix == ".html":
        path.write_text(path.read_text("utf-8").replace("h2", "h3", 1), "utf-8")
    elif path.suffix == ".csv":
        pl.read_csv(path).with_columns(pl.col("before") + 1).write_csv(path)
    else:
        pl.read_parquet(path).reverse().with_columns(handler=pl.lit("h2")).write_parquet(path)
    assert troubles(renewed(intake_folder))


def test_what_was_written_halfway_can_be_written_again(
    plan_folder: Path, intake_folder: Path
) -> None:
    """It is known as such; what is complete is never written over."""
    for folder, check, check_kept in (
        (plan_folder, check_plan_folder, check_plan),
        (intake_folder, check_intake_folder, check_intake),
    ):
        with pytest.raises(BadInput, match="already holds something"):
            check(folder)
        (folder / MANIFEST).rename(folder / UNFINISHED)
        with pytest.raises(BadInput, match="writing the folder stopped halfway"):
            check_kept(folder, Reader())
        check(folder)


def test_a_folder_whose_manifest_is_gone_is_refused(plan_folder: Path, intake_folder: Path) -> None:
    """Unless it is of the first format, which had none."""
    for folder, check_kept in ((plan_folder, check_plan), (intake_folder, check_intake)):
        (folder / MANIFEST).unlink()
        with pytest.raises(Refused, match="has no manifest, but"):
            check_kept(folder, Reader())
    for checked in (
        check_plan(KEPT / "plan", Reader()),
        check_intake(KEPT / "intake", Reader()),
    ):
        assert (checked.differences, checked.says[-1]) == ((), NO_MANIFEST)
    assert given_in(KEPT / "intake").height > 0


@pytest.mark.parametrize(("name", "check_kept"), [("plan", check_plan), ("intake", check_intake)])
def test_the_first_format_cannot_be_pretended(
    tmp_path: Path, name: str, check_kept: Callable[[Path, Reader], Checked]
) -> None:
    """With a manifest a folder is of a later format."""
    with_manifest(KEPT / name, tmp_path / name)
    with pytest.raises(Refused, match="says that it is of the first format"):
        check_kept(tmp_path / name, Reader())


def test_only_what_verifies_is_read(plan_folder: Path, intake_folder: Path) -> None:
    """By estimates and reports, and by later intakes."""
    given = given_in(intake_folder)
    assert dict(given.select("case_id", "effort").iter_rows())["n2"] == 3.0
    for folder in (plan_folder, intake_folder):
        path = folder / f"{folder.name}.csv"
        path.write_bytes(path.read_bytes().replace(b"u2", b"u3"))
    with pytest.raises(Refused, match=r"plan\.csv has other .* Nothing is estimated from it."):
        verified_plan(plan_folder)
    with pytest.raises(Refused, match="Its cases are not counted"):
        given_in(intake_folder)


def test_an_impossible_time_is_a_sentence(plan_folder: Path) -> None:
    """A flipped bit in a time is none that Polars could write as text."""
    path = plan_folder / FRAME_FILE
    late = pl.lit(2**62).cast(pl.Datetime("us"))
    pl.read_parquet(path).with_columns(closed_at=late).write_parquet(path)
    with pytest.raises(BadInput, match="is not what `triage plan` wrote"):
        check_plan(renewed(plan_folder), Reader())


@pytest.mark.parametrize("changes", [{"language": "xx"}, {"parameters": {"capacity": "many"}}])
def test_malformed_values_are_a_sentence(plan_folder: Path, changes: dict[str, object]) -> None:
    """Whatever a changed file holds, nothing crashes."""
    path = plan_folder / JSON_FILE
    described = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps(described), "utf-8")
    with pytest.raises(Refused):
        check_plan(renewed(plan_folder), Reader())


def test_totals_from_elsewhere_are_compared(plan_folder: Path) -> None:
    """Unit u1 closed two cases in January, says the register; the tables know of none."""
    totals = pl.DataFrame({"unit": ["u1"], "month": ["2026-01"], "closed": [2]})
    (sentence,) = said(check_plan(plan_folder, Reader(totals=totals)))
    assert "Unit u1, month 2026-01: 0 cases in the tables, 2 in the totals." in sentence


def test_counts_below_those_of_the_frame_are_named(plan_folder: Path) -> None:
    """Closings cannot be made fewer than the cases that were drawn from."""
    path = plan_folder / "closings.parquet"
    pl.read_parquet(path).with_columns(closed=pl.lit(1, pl.Int64)).write_parquet(path)
    (sentence,) = said(check_plan(renewed(plan_folder), Reader()))
    assert "counts fewer cases of unit u1 in 2026-02" in sentence


def test_an_intake_has_no_totals_and_no_commitment(intake_folder: Path) -> None:
    """Both are of plans."""
    with pytest.raises(BadInput, match="commitments and totals are of plans"):
        check_intake(intake_folder, Reader(totals=pl.DataFrame()))


def test_the_hash_of_a_seed_binds_the_seed_alone(plan_folder: Path, intake_folder: Path) -> None:
    """It is compared with the seed of the draw, and what it does not show is said."""
    published, other = commitment("s"), Reader(commitment="0" * 64)
    checked = check_plan(plan_folder, Reader(commitment=published))
    assert (checked.differences, checked.says[-1]) == ((), SEED_ALONE)
    assert check_intake(intake_folder, Reader(commitment=published)).differences == ()
    for sentences in (
        said(check_plan(plan_folder, other)),
        said(check_intake(intake_folder, other)),
    ):
        assert sentences == [f"It does NOT match: {OTHER_SEED}"]
