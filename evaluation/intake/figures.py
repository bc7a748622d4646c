"""How new cases were routed and their effort forecast, as the report shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.language.messages import Sayable
from cases.office.model import Office
from evaluation.backtests.efforts import EffortYear, effort_years
from evaluation.intake.audit import AuditedTrack
from evaluation.statistics.metrics import Figure, wilson
from models.bundle.bundle import Bundle
from models.questions.complexity import ComplexityQuestion


@dataclass(frozen=True)
class RoutedYear:
    """How the cases of one year of intake (0 for all) were routed by the cut-offs then in force.

    Of `cases` whose outcome is known, `person` were left to a person. `complex_error` is the
    share called simple of the truly complex, `simple_error` the share called complex of the
    truly simple.
    """

    year: int
    cases: int
    person: int
    complex_error: Figure
    simple_error: Figure


@dataclass(frozen=True)
class IntakeFigures:
    """Routing year by year against the errors the office allows; efforts forecast (`forecasts`).

    `audits` are of kept intakes. The others are empty where the model does not answer them, or
    had nothing to be tried on.
    """

    allowed_complex: float
    allowed_simple: float
    routed: tuple[RoutedYear, ...]
    forecasts: tuple[EffortYear, ...]
    audits: tuple[AuditedTrack, ...]
    unit: Sayable


def intake_figures(
    office: Office,
    bundle: Bundle,
    efforts: pl.DataFrame | None,
    audits: tuple[AuditedTrack, ...] = (),
) -> IntakeFigures:
    """From what the bundle keeps of its routing, and from an `effort_backtest`, if there is one."""
    allowed = office.intake
    routed: tuple[RoutedYear, ...] = ()
    if "complexity" in bundle:
        years = bundle.question(ComplexityQuestion).routed(
            allowed.complex_error, allowed.simple_error
        )
        whole = years.sum().with_columns(year=pl.lit(0))
        routed = tuple(_year(line) for line in [*years.to_dicts(), *whole.to_dicts()])
    return IntakeFigures(
        allowed_complex=allowed.complex_error,
        allowed_simple=allowed.simple_error,
        routed=routed,
        forecasts=() if efforts is None or efforts.is_empty() else effort_years(efforts),
        audits=audits,
        unit=office.effort.measured_in,
    )


def _year(line: dict[str, int]) -> RoutedYear:
    return RoutedYear(
        line["year"],
        line["complex"] + line["simple"],
        line["person"],
        _share(line["complex_called_simple"], line["complex"]),
        _share(line["simple_called_complex"], line["simple"]),
    )


def _share(wrong: int, cases: int) -> Figure:
    return wilson(np.arange(cases) < wrong)
