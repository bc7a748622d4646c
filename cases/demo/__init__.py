"""The demo office: a made-up procuratorate, generated from a stated causal model.

Two and a half years of arrest and prosecution reviews, as five files and an office
file, and next to them what no real office has: the true probability of a defect, the
true effort and the true complexity of every case. `docs/demo_office.md` describes it.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo.clock import LAST_DAY
from cases.demo.daily import draw_counts
from cases.demo.draws import chance, col, total
from cases.demo.events import EVENT_TABLE, draw_events
from cases.demo.files import (
    case_table,
    truth_of_defects,
    truth_of_people,
    truth_table,
    write_csv,
)
from cases.demo.intake import draw_intake
from cases.demo.model import DEFECT
from cases.demo.outcomes import conclude
from cases.demo.people import REVIEWER_CODES, assign, draw_handlers, draw_severity
from cases.demo.process import run
from cases.demo.reviews.dimensions import true_dimensions, with_dimensions
from cases.demo.reviews.drawn import (
    draw_double_reviews,
    draw_reviews,
    in_codes_of_their_day,
    realise,
    with_readings,
)
from cases.demo.reviews.of_plan import draw_lean
from cases.demo.reviews.own_checks import draw_leniency, draw_own_checks
from cases.demo.reviews.reviewers import draw_reviewer_recusals, draw_reviewers
from cases.demo.running.breaches import entered_in_bulk, truth_of_breaches, with_breaches
from cases.demo.running.delays import delayed, reviewed_later
from cases.demo.running.holidays import calendar_table
from cases.demo.running.late_entries import with_late_entries
from cases.demo.running.overruns import truth_of_overruns
from cases.demo.staffing import (
    draw_overrides,
    draw_recusals,
    draw_week,
    recorded_days,
    staffed,
)
from cases.errors import BadInput, Fault
from cases.files import made_folder
from cases.language.messages import _
from cases.progress import Progress, silent

OFFICE_FILE = "demo_procuratorate.toml"
MAKING = _("making the demo office")
INTAKE = "intake.csv"  # the cases of the week after the tables were taken
TRUTH = "truth.parquet"  # what no real office has


def make_demo(
    folder: Path, *, cases: int = 20_000, seed: int = 2026, progress: Progress = silent
) -> Path:
    """Write the demo office into `folder` (made if need be) and return its office file.

    The same `cases` and `seed` give the same bytes. `truth.parquet` (case_id,
    defect_probability, effort_days in person-days, complex), `truth_defects.parquet` (case_id,
    badness, dimensions), `truth_reviewers.parquet` (reviewer, severity in log-odds, and
    lean, see `reviews/of_plan.py`) and `truth_colleagues.parquet` (handler, leniency in log-odds)
    are for evaluation only; the office file does not name them. Raises `BadInput` for fewer than
    one case, a negative seed, or a folder that cannot be made or holds anything but a demo office.
    """
    _check(cases, seed)
    made_folder(folder)
    _check_ours(folder)
    rng = np.random.default_rng(seed)
    progress(MAKING, 0.0)
    whole, handlers = simulate(rng, cases)
    course = _run(seed, whole)
    # What the folder is recognised by comes first, so that a demo that was stopped can be remade.
    truth = truth_table(course)
    truth.write_parquet(folder / TRUTH)
    office = folder / "office.toml"
    office.write_bytes(_office_file())
    apart = np.random.default_rng([seed, 1])  # leaves what `rng` gives as it was
    handlers = staffed(apart, handlers)
    course = course.with_columns(recorded_days(apart, whole["effort"]))
    write_csv(case_table(course, handlers), folder / "cases.csv")
    write_csv(calendar_table(), folder / "calendar.csv")
    truth_of_overruns(course).write_parquet(folder / "truth_overruns.parquet")
    write_csv(handlers.drop("skill"), folder / "handlers.csv")
    recusals = draw_recusals(apart, handlers)
    write_csv(draw_week(apart, whole), folder / INTAKE)
    changed = draw_overrides(apart, whole.with_columns(truth_table(whole)["complex"]))
    write_csv(changed, folder / "overrides.csv")
    reviewing = np.random.default_rng([seed, 4])
    write_csv(draw_reviewers(reviewing, handlers["unit"]), folder / "reviewers.csv")
    closed = course.filter(col("closed") < LAST_DAY)["case_id"].implode()
    of_reviewers = draw_reviewer_recusals(reviewing, whole).filter(col("case_id").is_in(closed))
    write_csv(pl.concat([recusals, of_reviewers]), folder / "recusals.csv")

    progress(MAKING, 0.3)
    events = draw_events(rng, course, handlers)
    events, in_bulk = entered_in_bulk(np.random.default_rng([seed, 9]), events, course)
    events.select(EVENT_TABLE).write_parquet(folder / "events.parquet")
    truth_of_breaches(course, in_bulk).write_parquet(folder / "truth_breaches.parquet")

    progress(MAKING, 0.9)
    _write_reviews(folder, seed, rng, whole, course, handlers)
    progress(MAKING, 1.0)
    return office


def _run(seed: int, whole: pl.DataFrame) -> pl.DataFrame:
    """`whole` with what goes wrong while cases run, each part from a generator of its own."""
    course = delayed(np.random.default_rng([seed, 6]), whole)
    course = with_breaches(np.random.default_rng([seed, 7]), course)
    return with_late_entries(np.random.default_rng([seed, 8]), course)


def _write_reviews(
    folder: Path,
    seed: int,
    rng: np.random.Generator,
    whole: pl.DataFrame,
    course: pl.DataFrame,
    handlers: pl.DataFrame,
) -> None:
    """The review table, and what is true of the defects and of those who look for them."""
    badness = realise(rng, whole["log_odds"].to_numpy())
    severity = draw_severity(rng)
    first = draw_reviews(rng, whole, badness, severity)
    again = draw_double_reviews(rng, first, whole, badness, severity)
    reviews = pl.concat([first, again]).sort("reviewed_at", maintain_order=True)
    reviews = with_dimensions(np.random.default_rng([seed, 2]), reviews, whole)
    checking = np.random.default_rng([seed, 3])
    course = course.with_columns(
        badness=pl.Series(badness), dimensions=true_dimensions(checking, reviews, whole)
    )
    reviews = reviewed_later(reviews, course)
    leniency = draw_leniency(checking, handlers)
    checks = draw_own_checks(checking, course, handlers, leniency)
    made = [with_readings(reviews.drop("named")), checks]
    both = pl.concat(made, how="diagonal").sort("reviewed_at", maintain_order=True)
    write_csv(in_codes_of_their_day(both), folder / "reviews.csv")
    truth_of_defects(course).write_parquet(folder / "truth_defects.parquet")
    lean = draw_lean(np.random.default_rng([seed, 5]))
    reviewers = truth_of_people("reviewer", REVIEWER_CODES, severity=severity, lean=lean)
    reviewers.write_parquet(folder / "truth_reviewers.parquet")
    colleagues = truth_of_people("handler", handlers["handler"], leniency=leniency)
    colleagues.write_parquet(folder / "truth_colleagues.parquet")


def simulate(rng: np.random.Generator, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`count` cases that have run their whole course, hidden causes included, and the handlers."""
    intake = draw_intake(rng, count)
    handlers = draw_handlers(rng, intake)
    whole = conclude(rng, run(rng, assign(rng, intake, handlers)))
    whole = draw_counts(rng, whole).with_columns(log_odds=total(DEFECT))
    return whole.with_columns(defect_probability=chance(col("log_odds"))), handlers


def _office_file() -> bytes:
    """The example, which says that it is a demo: an office that begins with it is none."""
    example = (resources.files("offices") / OFFICE_FILE).read_bytes()
    return example.replace(
        b"[office]\n", b"[office]\ndemo = true # served to users that all know\n", 1
    )


def _check_ours(folder: Path) -> None:
    """`BadInput` unless the folder is empty or holds a demo office, whose files may be remade."""
    office = folder / "office.toml"
    ours = (folder / TRUTH).is_file() and office.is_file()
    if any(folder.iterdir()) and not (ours and office.read_bytes() == _office_file()):
        problem = _("is a folder that holds other files.")
        remedy = _("Name an empty or a new one, so that nothing is written over.")
        raise BadInput([Fault(str(folder), problem, remedy)])


def _check(cases: int, seed: int) -> None:
    smallest = {"cases": (cases, 1), "seed": (seed, 0)}
    faults = [
        Fault(
            _("demo office"),
            _("is too small."),
            _("Give at least {least}.", least=least),
            column=name,
            value=str(value),
        )
        for name, (value, least) in smallest.items()
        if value < least
    ]
    if faults:
        raise BadInput(faults)
