"""A replay as one HTML file, in the style of the report."""

from __future__ import annotations

import polars as pl

from cases.language.catalogues import Language
from evaluation.pages import charts
from evaluation.pages.render import image, page, shown, speaker
from evaluation.replay.replay import WAYS
from evaluation.replay.results import Replay, by_span, facts, missed, totals, unseen
from evaluation.statistics.metrics import Figure
from features.attributes import BUILT_IN


def render_replay(result: Replay, language: Language) -> str:
    """The page in `language`; all text from the office file is escaped."""
    world, years = result.world, by_span(result.years)
    say = speaker(language)
    return page(
        "replay.html.jinja",
        language,
        result=result,
        office=world.office.office.name.say(language),
        ways=WAYS,
        colours=charts.WAY_COLOURS,
        totals=totals(result).to_dicts(),
        picture=image(charts.replayed(years)),
        years=_lines(years),
        periods=_lines(by_span(result.periods)),
        blind={_meaning(result, fact, language): _blind(result, fact) for fact in facts(world)},
        figure=lambda figure: shown(figure, True, say),
    )


def _lines(spans: pl.DataFrame) -> list[dict[str, object]]:
    """The rows of `by_span`, the estimate and its interval as a `Figure`."""
    return [
        line | {"rate": Figure(line["value"], line["low"], line["high"], line["cases"], "too_few")}
        for line in spans.iter_rows(named=True)
    ]


def _meaning(result: Replay, fact: str, language: Language) -> str:
    attribute = result.world.office.attributes.get(fact)
    return attribute.meaning.say(language) if attribute else BUILT_IN[fact].say(language)


def _blind(result: Replay, fact: str) -> dict[str, object]:
    shares = missed(result, fact).pivot("way", index="year", values="missed")
    return {"missed": shares.to_dicts(), "unseen": unseen(result, fact).to_dicts()}
