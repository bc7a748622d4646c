"""The track of a new case: simple, complex, or a person decides, and the sentence why.

Fixed rules of the office come first. Then the estimate, where the office's error rates let it
decide: below one cut-off too few complex cases lie to matter, from the other on too few simple
ones. Between them the estimate cannot tell, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from cases.language.messages import Message, Sayable, _
from cases.office.model import Intake

SIMPLE, COMPLEX, PERSON = "simple", "complex", "person"
TRACKS: Mapping[str, Sayable] = {
    SIMPLE: _("simple"),
    COMPLEX: _("complex"),
    PERSON: _("a person decides"),
}

UNESTIMATED = _("No estimate, and no rule settles it: a person decides.")
NONE_YET = _("(too few outcomes known to say)")


@dataclass(frozen=True)
class Routing:
    """`tracks` has `case_id, track, rule`; `why` is the sentence of each case, by its id."""

    tracks: pl.DataFrame
    why: Mapping[str, Sayable]


def route(
    frame: pl.DataFrame, intake: Intake, simple_below: float | None, complex_from: float | None
) -> Routing:
    """The tracks of the cases of `frame`, in its order, and why; arguments as of `tracked`."""
    tracks = tracked(frame, simple_below, complex_from)
    rows = zip(
        tracks["case_id"],
        tracks["track"],
        tracks["rule"],
        frame["complex_probability"],
        strict=True,
    )
    meanings = {rule.code: rule.meaning for rule in intake.rules}
    why: dict[str, Sayable] = {}
    for case_id, track, rule, p in rows:
        if rule is not None:
            why[case_id] = _("Rule {code}: {meaning}.", code=rule, meaning=meanings[rule])
        elif p is None:
            why[case_id] = UNESTIMATED
        else:
            why[case_id] = _by_estimate(track, p, intake, simple_below, complex_from)
    return Routing(tracks, why)


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


def _by_estimate(
    track: str, p: float, intake: Intake, low: float | None, high: float | None
) -> Message:
    """Why the estimate `p` leads to `track`; `low` and `high` are the cut-offs."""
    if track == SIMPLE:
        return _(
            "Complex with a probability of {p:.1%}, below {low:.1%}, where at most "
            "{complex_error:.1%} of complex cases are expected.",
            p=p,
            low=low,
            complex_error=intake.complex_error,
        )
    if track == COMPLEX:
        return _(
            "Complex with a probability of {p:.1%}, not below {high:.1%}, where at most "
            "{simple_error:.1%} of simple cases are expected.",
            p=p,
            high=high,
            simple_error=intake.simple_error,
        )
    return _(
        "Complex with a probability of {p:.1%}: called simple below {low:.1%}, complex from "
        "{high:.1%} on; between them the estimate cannot tell.",
        p=p,
        low=NONE_YET if low is None else low,
        high=NONE_YET if high is None else high,
    )
