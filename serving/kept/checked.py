"""What a reader of a kept folder has in hand, and what checking the folder with it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault, Refused, shorten
from cases.integrity import manifest
from cases.language.messages import Sayable, _, sentences
from policies.spot_check.commitment import Commitment
from policies.spot_check.redraws import KeptDraw
from policies.tickets import OLD
from policies.verified import Verified, not_matching
from serving.kept.folders import MALFORMED

NO_MANIFEST = _(
    "The folder has no manifest, as an earlier version wrote it: only the draw is checked. Nothing "
    "binds its other columns, such as risk, effort, reasons and days."
)
OTHER_PAGE = _("{file} is not the page that is written again.")


@dataclass(frozen=True)
class Reader:
    """What a reader knows apart from the folder.

    `manifest` is the hash of its manifest, `commitment` what was published before the draw (a
    commitment, or the hash of the seed alone), `beacon_value` the value as its source
    published it, `totals` the closings that somebody else counted.
    """

    manifest: str | None = None
    commitment: Commitment | str | None = None
    beacon_value: str | None = None
    totals: pl.DataFrame | None = None


@dataclass(frozen=True)
class Checked:
    """A sentence for each thing that is not as it should be, and what else there is to say.

    `draw` is that of a plan.
    """

    differences: tuple[Sayable, ...] = ()
    says: tuple[Sayable, ...] = ()
    draw: KeptDraw | None = None

    @classmethod
    def of(
        cls,
        differences: Iterable[Sayable],
        says: Iterable[Sayable] = (),
        draw: KeptDraw | None = None,
    ) -> Checked:
        """Of `differences` that are no whole sentences yet."""
        return cls(tuple(map(not_matching, differences)), tuple(says), draw)

    @classmethod
    def drawn_again(cls, verified: Verified) -> Checked:
        """Of a folder of the first format, of which the draw alone is checked."""
        if verified.matches:
            return cls((), (verified.sentence, NO_MANIFEST))
        return cls((verified.sentence,), (NO_MANIFEST,))

    def require(self, folder: Path, otherwise: Sayable) -> None:
        """`Refused`, with the first difference and what is not done, if there is one."""
        for difference in self.differences[:1]:
            what = _("{folder}: {sentence}", folder=folder.name, sentence=difference)
            raise Refused(sentences(what, otherwise))


def file_differences(folder: Path, reader: Reader, written: Collection[str]) -> tuple[Sayable, ...]:
    """In what the files are not those of the manifest, or not of the names that are `written`.

    Nothing where there is no manifest to compare.
    """
    if reader.manifest is None and not manifest.has_manifest(folder):
        return ()
    found = tuple(manifest.differences(folder, reader.manifest))
    names = {entry.name for entry in folder.iterdir()} - {manifest.MANIFEST, *written}
    return found or tuple(
        _("{file} is not a file of such a folder.", file=shorten(name)) for name in sorted(names)
    )


def check_format(folder: Path, draw_format: object) -> None:
    """`Refused` for a manifest that is gone, or that the first format did not have."""
    has_manifest = manifest.has_manifest(folder)
    if draw_format == OLD and has_manifest:
        raise Refused(
            _(
                "{folder} says that it is of the first format, which had no manifest, but it has "
                "one.",
                folder=folder.name,
            )
        )
    if draw_format != OLD and not has_manifest:
        raise Refused(
            _(
                "{folder} has no manifest, but what it holds was written with one. Fetch the "
                "folder again from where it is kept.",
                folder=folder.name,
            )
        )


@contextmanager
def computing(folder: Path) -> Iterator[None]:
    """Turn every error that malformed content causes into one plain refusal."""
    try:
        yield
    except MALFORMED as error:
        raise Refused(
            _(
                "What {folder} holds cannot be computed again ({error}).",
                folder=folder.name,
                error=type(error).__name__,
            )
        ) from None


def check_of_no_plan(reader: Reader) -> None:
    """`BadInput` for what a reader can only have of a plan."""
    if isinstance(reader.commitment, Commitment) or reader.totals is not None:
        problem = _("is no plan: commitments and totals are of plans.")
        raise BadInput([Fault("triage verify", problem, _("Leave them out."))])
