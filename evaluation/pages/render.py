"""Pages as one HTML file that needs nothing else: no network, no scripts, no fonts."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jinja2

from cases.language.catalogues import Language
from cases.language.texts import Text
from evaluation.statistics.metrics import Figure

TEMPLATES = resources.files("evaluation.pages") / "templates"


def page(template: str, language: Language, **values: Any) -> str:
    """The page that `template` makes of `values`, its phrases in `language`."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (TEMPLATES / name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = share
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["image"] = image
    say = speaker(language)
    return environment.get_template(template).render(language=language, say=say, **values)


def image(svg: str) -> str:
    """A chart as a data address: as an image it cannot clash with the page or run anything."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def share(value: float) -> str:
    """A share in per cent.

    >>> share(0.0625)
    '6.2 %'
    """
    return f"{100 * value:.1f} %"


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
    to = " – " if figure.low < 0 else "–"  # a dash beside a minus cannot be read
    if is_share:
        return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f}{to}{100 * figure.high:.1f})"
    return f"{figure.value:.3f} ({figure.low:.3f}{to}{figure.high:.3f})"


@dataclass(frozen=True)
class Voice:
    """Everything a chapter says, in one language."""

    language: Language

    def say(self, key: str, **values: Any) -> str:
        """The phrase of `key`; texts and figures among `values` are said in this language."""
        return speaker(self.language)(
            key, **{name: self._said(one) for name, one in values.items()}
        )

    def figure(self, figure: Figure) -> str:
        """A number with its interval, or why there is none."""
        return shown(figure, False, speaker(self.language))

    def share(self, figure: Figure) -> str:
        """A share with its interval in per cent, or why there is none."""
        return shown(figure, True, speaker(self.language))

    def listed(self, names: list[str]) -> str:
        """Names one after the other."""
        return ("、" if self.language == "zh" else ", ").join(names)

    def joined(self, *texts: Text) -> str:
        """Sentences one after the other."""
        return ("" if self.language == "zh" else " ").join(one.say(self.language) for one in texts)

    def _said(self, value: Any) -> Any:
        if isinstance(value, Text):
            return value.say(self.language)
        return self.figure(value) if isinstance(value, Figure) else value


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads((TEMPLATES / "words.toml").read_text("utf-8"))
