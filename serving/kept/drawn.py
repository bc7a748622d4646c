"""What is published of a draw of people, for intakes and for reviews, and in what it differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from cases.integrity.manifest import Write
from cases.integrity.sheet import as_published, sheet_differences
from cases.language.catalogues import Language
from cases.language.messages import Sayable
from policies.assignment.obstacles import Takers
from policies.assignment.result import DrawnAssignment
from policies.reviewers.draw import Reading
from serving.kept.folders import read_kept, sheet_file, texts_of

CHANCES_FILE, EXCLUDED_FILE, LOADS_FILE = "chances.parquet", "excluded.parquet", "loads.csv"
DRAW_FILES = (CHANCES_FILE, EXCLUDED_FILE, LOADS_FILE)


@dataclass(frozen=True)
class PublishedDraw:
    """What is published of a draw of people: probabilities, who was excluded, and loads."""

    chances: pl.DataFrame
    excluded: pl.DataFrame
    loads: pl.DataFrame

    @classmethod
    def of(cls, assignment: DrawnAssignment, language: Language) -> PublishedDraw:
        """Of an assignment, the words in `language`."""
        takers = assignment.undecided.takers
        excluded = _explained(assignment.excluded, takers, language)
        return cls(assignment.chances, excluded, assignment.loads)

    @classmethod
    def of_readings(
        cls, draws: Mapping[Reading, DrawnAssignment], language: Language
    ) -> PublishedDraw:
        """Of several draws of reviewers, one below the other, by their `reading`."""
        published = {reading: cls.of(draw, language) for reading, draw in draws.items()}

        def together(part: Callable[[PublishedDraw], pl.DataFrame]) -> pl.DataFrame:
            return pl.concat(
                part(draw).select(pl.lit(reading).alias("reading"), pl.all())
                for reading, draw in published.items()
            ).rename({"handler": "reviewer"})

        return cls(
            together(lambda draw: draw.chances),
            together(lambda draw: draw.excluded),
            together(lambda draw: draw.loads),
        )

    def with_kinds(self, kinds: pl.DataFrame) -> PublishedDraw:
        """With the kind of each case (`case_id, kind`) beside its probabilities."""
        chances = self.chances.join(kinds, on="case_id", maintain_order="left")
        return replace(self, chances=chances)

    @property
    def files(self) -> dict[str, Write]:
        """What writes each file."""
        return {
            CHANCES_FILE: self.chances.write_parquet,
            EXCLUDED_FILE: self.excluded.write_parquet,
            LOADS_FILE: sheet_file(self.loads),
        }

    def differences(self, folder: Path, command: str) -> Iterator[Sayable]:
        """In what the files of a folder, which `command` wrote, are not those of this draw."""
        tables: dict[str, tuple[Callable[[Path], pl.DataFrame], pl.DataFrame]] = {
            CHANCES_FILE: (_cells, self.chances),
            EXCLUDED_FILE: (_cells, self.excluded),
            LOADS_FILE: (texts_of, self.loads),
        }
        for name, (read, table) in tables.items():
            yield from sheet_differences(name, read_kept(folder / name, command, read), table)


def _explained(excluded: pl.DataFrame, takers: Takers, language: Language) -> pl.DataFrame:
    """`excluded` with `says` and `changes`: why not, and what would change it."""
    obstacles = excluded.select("reason", "detail").unique()

    def words(say: Callable[[str, str], Sayable]) -> pl.Series:
        sentences = [say(*obstacle).say(language) for obstacle in obstacles.iter_rows()]
        return pl.Series(sentences, dtype=pl.String)

    said = obstacles.with_columns(says=words(takers.says), changes=words(takers.changes))
    keys = ["reason", "detail"]
    return excluded.join(said, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _cells(path: Path) -> pl.DataFrame:
    """Every cell of a Parquet file as text."""
    return as_published(pl.read_parquet(path))
