"""The report as one HTML file that needs nothing else: no network, no scripts, no fonts."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import jinja2

from cases.office import Language
from evaluation import charts
from evaluation.backtest import MODEL
from evaluation.metrics import Figure
from evaluation.report import Answer, ReportSummary

TEMPLATES = resources.files("evaluation") / "templates"
# Figures of the tables: name, and whether it is a share (shown in per cent).
COLUMNS = (("auc", False), ("lift", False), ("calibration_error", True))
POOLED = (*COLUMNS, ("average_precision", False), ("log_loss", False), ("brier", False))


def render(summary: ReportSummary, language: Language) -> str:
    """The report in `language`; all text from the office file is escaped."""
    say = speaker(language)
    return page(
        "report.html.jinja",
        language,
        summary=summary,
        figure=lambda figure, is_share=False: shown(figure, is_share, say),
        drawn=_drawn,
        colours=charts.COLOURS,
        columns=COLUMNS,
        pooled_columns=POOLED,
    )


def page(template: str, language: Language, **values: Any) -> str:
    """The page that `template` makes of `values`, its phrases in `language`."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (TEMPLATES / name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = lambda value: f"{100 * value:.1f} %"
    environment.filters["count"] = lambda value: f"{value:,}"
    say = speaker(language)
    return environment.get_template(template).render(language=language, say=say, **values)


def image(svg: str) -> str:
    """A chart as a data address: as an image it cannot clash with the page or run anything."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def speaker(language: Language) -> Callable[..., str]:
    """The phrase of a key in `language`, its placeholders filled; `KeyError` for an unknown key."""

    def say(key: str, **values: Any) -> str:
        phrase: str = _phrases()[key][language]
        return phrase.format(**values)

    return say


def shown(figure: Figure, is_share: bool, say: Callable[..., str]) -> str:
    """A figure with its interval, or in words why there is none.

    >>> shown(Figure(0.7, 0.65, 0.75, 100), False, speaker("en"))
    '0.700 (0.650–0.750)'
    """
    if figure.value is None or figure.low is None or figure.high is None:
        return say(f"absent_{figure.absent}")
    if is_share:
        return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f}–{100 * figure.high:.1f})"
    to = " – " if figure.low < 0 else "–"  # a dash beside a minus cannot be read
    return f"{figure.value:.3f} ({figure.low:.3f}{to}{figure.high:.3f})"


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads((TEMPLATES / "words.toml").read_text("utf-8"))


def _drawn(answer: Answer) -> dict[str, str]:
    """The charts of one answer as data addresses: as images they cannot clash or run anything.

    Without `auc` where the AUC of every period is withheld: there is nothing to draw.
    """
    svgs = {
        "rates": charts.expected_and_observed(answer.periods),
        "reliability": charts.reliability(answer.calibration),
    }
    if any(period.measures[MODEL].auc.value is not None for period in answer.periods):
        svgs["auc"] = charts.over_time(answer.periods, answer.estimators, lambda found: found.auc)
    return {name: image(svg) for name, svg in svgs.items()}
