"""The track of a new case: simple, complex, or a person decides, and the sentence why.

Fixed rules of the office come first. Then the estimate, where the office's error rates let it
decide: below one cut-off too few complex cases lie to matter, from the other on too few simple
ones. Between them the estimate cannot tell, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from cases.integrity.canonical import Domain
from cases.language.messages import Message, Sayable, _
from cases.language.values import round_share
from cases.office.model import Intake
from policies.tickets import tickets

SIMPLE, COMPLEX, PERSON = "simple", "complex", "person"
TRACKS: Mapping[str, Sayable] = {
    SIMPLE: _("simple"),
    COMPLEX: _("complex"),
    PERSON: _("a person decides"),
}

UNESTIMATED = _("No estimate, and no rule settles it: a person decides.")
NONE_YET = _("(too few outcomes known to say)")
HELD = _("(held back: more were missed than the office allows)")


class Limits(Protocol):
    """The cut-offs on the probability: below the first simple, from the second on complex.

    The first is not above the second; None where no case may be called so, and `held` where that
    is because more cases were missed than the office allows.
    """

    @property
    def simple_below(self) -> float | None:
        """Below it a case may be called simple."""

    @property
    def complex_from(self) -> float | None:
        """From it on a case may be called complex."""

    @property
    def simple_held(self) -> bool:
        """Whether no case is called simple until fewer are missed."""

    @property
    def complex_held(self) -> bool:
        """Whether no case is called complex until fewer are missed."""


@dataclass(frozen=True)
class Routing:
    """`tracks` has `case_id, track, rule, called, audit_probability`; `why` the sentence of each.

    `called` is what the estimate says (simple, complex, else null), `audit_probability` with
    which probability such a case is left to a person all the same, to audit the estimate.
    """

    tracks: pl.DataFrame
    why: Mapping[str, Sayable]


def route(frame: pl.DataFrame, intake: Intake, limits: Limits, seed: str) -> Routing:
    """The tracks of the cases of `frame`, in its order, and why; `frame` as of `tracked`.

    `seed` draws the audited cases: those whose ticket is below the office's `audit_share`.
    """
    tracks = audited(
        tracked(frame, limits.simple_below, limits.complex_from), intake.audit_share, seed
    )
    estimates = frame["complex_probability"]
    meanings = {rule.code: rule.meaning for rule in intake.rules}
    why: dict[str, Sayable] = {}
    for line, p in zip(tracks.iter_rows(named=True), estimates, strict=True):
        if line["rule"] is not None:
            said: Sayable = _(
                "Rule {code}: {meaning}.", code=line["rule"], meaning=meanings[line["rule"]]
            )
        elif p is None:
            said = UNESTIMATED
        elif line["called"] not in {None, line["track"]}:
            said = _audit(line["called"], intake.audit_share)
        else:
            said = _by_estimate(line["track"], p, intake, limits)
        why[line["case_id"]] = said
    return Routing(tracks, why)


def audited(tracks: pl.DataFrame, share: float, seed: str) -> pl.DataFrame:
    """`tracks` with `called` and `audit_probability`; of the cases called, a person gets `share`.

    Each is drawn by its own ticket of `seed`, so that the draw of a case does not depend on which
    others come in with it.
    """
    called = pl.col("rule").is_null() & (pl.col("track") != PERSON)
    tracks = tracks.with_columns(
        called=pl.when(called).then("track"),
        audit_probability=pl.when(called).then(pl.lit(share)),
    )
    ticket = tickets(Domain.TRACK_AUDIT, seed, tracks["case_id"].to_list())[:, 0]
    drawn = pl.Series("drawn", ticket < share, dtype=pl.Boolean)
    track = pl.when(called & drawn).then(pl.lit(PERSON)).otherwise("track")
    return tracks.with_columns(track=track)


def _audit(called: str, share: float) -> Message:
    return _(
        "Drawn at random: of the cases that the estimate calls {track}, a person decides {share} "
        "all the same, so that its errors are known.",
        track=TRACKS[called],
        share=round_share(share),
    )


def tracked(
    frame: pl.DataFrame, simple_below: float | None, complex_from: float | None
) -> pl.DataFrame:
    """`case_id, track, rule` per row of `frame`, in its order.

    `frame` has `case_id`, `complex_probability` (null where there is no estimate), and `rule`
    and `track` of the fixed rule that holds for the case, null where none does (see
    `policies.rulebook.settled_tracks`). `simple_below` and `complex_from` are probabilities, the
    first not above the second; None where no case may be called so.
    """
    p = pl.col("complex_probability")
    is_simple = pl.lit(value=False) if simple_below is None else p < simple_below
    is_complex = pl.lit(value=False) if complex_from is None else p >= complex_from
    track = pl.coalesce(
        "track",
        pl.when(is_simple).then(pl.lit(SIMPLE)),
        pl.when(is_complex).then(pl.lit(COMPLEX)),
        pl.lit(PERSON),
    )
    return frame.select("case_id", track.alias("track"), "rule")


def _by_estimate(track: str, p: float, intake: Intake, limits: Limits) -> Message:
    """Why the estimate `p` leads to `track`."""
    low = _cut_off(limits.simple_below, held=limits.simple_held)
    high = _cut_off(limits.complex_from, held=limits.complex_held)
    if track == SIMPLE:
        return _(
            "Complex with a probability of {p:.1%}, below {low}, where at most "
            "{complex_error} of complex cases are expected.",
            p=p,
            low=low,
            complex_error=round_share(intake.complex_error),
        )
    if track == COMPLEX:
        return _(
            "Complex with a probability of {p:.1%}, not below {high}, where at most "
            "{simple_error} of simple cases are expected.",
            p=p,
            high=high,
            simple_error=round_share(intake.simple_error),
        )
    return _(
        "Complex with a probability of {p:.1%}: called simple below {low}, complex from "
        "{high} on; between them the estimate cannot tell.",
        p=p,
        low=low,
        high=high,
    )


def _cut_off(share: float | None, *, held: bool) -> Sayable:
    if share is not None:
        return round_share(share)
    return HELD if held else NONE_YET
