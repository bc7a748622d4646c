"""The track of a new case: simple, complex, or a person decides, and the sentence why.

Fixed rules of the office come first. Then the estimate, where the office's error rates let it
speak: below one cut-off too few complex cases lie to matter, from the other on too few simple
ones. Between them the estimate cannot tell, and says so.
"""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Intake

SIMPLE, COMPLEX, PERSON = "simple", "complex", "person"

BY_RULE = _("Rule {code}: {meaning}.")
REASONS = {
    SIMPLE: _(
        "Complex with a probability of {p}, below {low}, where at most {complex_error} of complex cases are expected."
    ),
    COMPLEX: _(
        "Complex with a probability of {p}, not below {high}, where at most {simple_error} of simple cases are expected."
    ),
    PERSON: _(
        "Complex with a probability of {p}: called simple below {low}, complex from {high} on; between them the estimate cannot tell."
    ),
}
UNESTIMATED = _("No estimate, and no rule settles it: a person decides.")
NONE_YET = {"en": "(too few outcomes known to say)", "zh": "（已知结果过少，无法确定）"}


def route(
    frame: pl.DataFrame, intake: Intake, simple_below: float | None, complex_from: float | None
) -> pl.DataFrame:
    """`case_id, track, rule, why_en, why_zh` per row of `frame`, in its order.

    `frame` has `case_id`, `complex_probability` (null where nobody estimates it), and `rule` and
    `track` of the fixed rule that holds for the case, null where none does (see
    `policies.rulebook.settled_tracks`). `simple_below` and `complex_from` are probabilities, the
    first not above the second; None where no case may be called so.
    """
    p = pl.col("complex_probability")
    simple = pl.lit(value=False) if simple_below is None else p < simple_below
    complicated = pl.lit(value=False) if complex_from is None else p >= complex_from
    track = pl.coalesce(
        "track",
        pl.when(simple).then(pl.lit(SIMPLE)),
        pl.when(complicated).then(pl.lit(COMPLEX)),
        pl.lit(PERSON),
    )
    routed = frame.with_columns(track=track)
    words = [
        _why(intake, row, simple_below, complex_from)
        for row in routed.select("track", "rule", "complex_probability").iter_rows()
    ]
    return routed.select(
        "case_id",
        "track",
        "rule",
        why_en=pl.Series([why.en for why in words], dtype=pl.String),
        why_zh=pl.Series([why.zh for why in words], dtype=pl.String),
    )


def _why(
    intake: Intake, row: tuple[str, str | None, float | None], low: float | None, high: float | None
) -> Text:
    track, code, p = row
    if code is not None:
        (rule,) = (rule for rule in intake.rules if rule.code == code)
        return Text(
            en=BY_RULE.en.format(code=code, meaning=rule.meaning.say("en")),
            zh=BY_RULE.zh.format(code=code, meaning=rule.meaning.say("zh")),
        )
    if p is None:
        return UNESTIMATED
    shares = {
        "p": _percent(p),
        "complex_error": _percent(intake.complex_error),
        "simple_error": _percent(intake.simple_error),
    }
    en, zh = (
        {"low": _cutoff(low, language), "high": _cutoff(high, language)}
        for language in ("en", "zh")
    )
    why = REASONS[track]
    return Text(en=why.en.format(**shares, **en), zh=why.zh.format(**shares, **zh))


def _cutoff(at: float | None, language: str) -> str:
    return NONE_YET[language] if at is None else _percent(at)


def _percent(share: float) -> str:
    """One digit behind the point, none if it is a nought.

    >>> _percent(0.05), _percent(0.1234)
    ('5%', '12.3%')
    """
    return f"{100 * share:.1f}".removesuffix(".0") + "%"
