"""Whether the folder of a draw of reviewers holds what follows from its tables and its seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from cases.integrity.sheet import sheet_differences
from cases.language.messages import Sayable, _
from policies.assignment.eligibility import RECUSALS
from policies.reviewers.draw import DrawnReviewers, ReviewerParameters, draw_reviewers
from policies.reviewers.eligibility import CASES, REVIEWERS
from policies.seeds import is_committed
from policies.tickets import OLD
from policies.verified import OTHER_SEED
from serving.kept.checked import (
    Checked,
    Reader,
    check_format,
    check_of_no_plan,
    computing,
    file_differences,
)
from serving.kept.folders import frame_of, json_object, read_kept, spoken_in, texts_of
from serving.kept.reviewers.folder import (
    CASES_FILE,
    COMMAND,
    FILES,
    JSON_FILE,
    RECUSALS_FILE,
    REVIEWERS_FILE,
    SHEET_FILE,
    PublishedReviewers,
)

NOTHING_BEGINS = _("The reviews do not begin.")


def check_reviewers(folder: Path, reader: Reader) -> Checked:
    """Everything in which a kept draw of reviewers is not as it should be.

    If files are not those of the manifest, nothing else is read. `BadInput` for files that
    cannot be read, `Refused` where nothing can be computed from them.
    """
    check_of_no_plan(reader)
    changed = file_differences(folder, reader, FILES)
    if changed:
        return Checked.of(changed)
    described = read_kept(folder / JSON_FILE, COMMAND, json_object)
    check_format(folder, described.get("format", OLD))
    with computing(folder):
        again = draw_again(folder, described)
        published = PublishedReviewers.of(again, spoken_in(described))
        found = [
            *_seed_differences(again, reader),
            *_differences(folder, described, published),
        ]
    if found:
        return Checked.of(found)
    sentence = _(
        "It matches: each of the {readings:,} readings goes to the same reviewer again, with the "
        "same probability.",
        readings=len(again.given),
    )
    return Checked((), (sentence,))


def verified_reviewers(folder: Path) -> DrawnReviewers:
    """A kept draw, made again; `Refused` if it is not what it was made from."""
    check_reviewers(folder, Reader()).require(folder, NOTHING_BEGINS)
    return draw_again(folder, json_object(folder / JSON_FILE))


def draw_again(folder: Path, described: Mapping[str, Any]) -> DrawnReviewers:
    """What follows from the tables in a folder and what is `described` there."""
    return draw_reviewers(
        _table(folder, CASES_FILE, CASES),
        _table(folder, REVIEWERS_FILE, REVIEWERS),
        _table(folder, RECUSALS_FILE, RECUSALS),
        ReviewerParameters.model_validate(described["parameters"]),
    )


def _table(folder: Path, name: str, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return read_kept(folder / name, COMMAND, lambda path: frame_of(path, pl.Schema(columns)))


def _seed_differences(drawn: DrawnReviewers, reader: Reader) -> Iterator[Sayable]:
    """Whether the seed is the one whose hash the reader knows."""
    published = reader.commitment
    if isinstance(published, str) and not is_committed(drawn.parameters.seed, published):
        yield OTHER_SEED


def _differences(
    folder: Path, described: Mapping[str, Any], again: PublishedReviewers
) -> Iterator[Sayable]:
    """In what the files are not those that are written again."""
    for name, value in again.described.items():
        if described.get(name) != value:
            yield _("`{file}` has another {name} than the draw.", file=JSON_FILE, name=name)
    sheet = read_kept(folder / SHEET_FILE, COMMAND, texts_of)
    yield from sheet_differences(SHEET_FILE, sheet, again.sheet)
    yield from again.draw.differences(folder, COMMAND)
