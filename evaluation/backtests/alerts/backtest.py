"""How predictions of overruns did in the last half year, beside the clock alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from cases.language.messages import _
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from evaluation.backtests.alerts.against_clock import AgainstClock, against_clock
from evaluation.backtests.alerts.outcomes import Predicted, asked_before
from evaluation.backtests.alerts.overruns import probabilities
from models.questions.overruns import OverrunQuestion
from training.running.overruns import fit_overruns, overrun_labels, overrun_table, overruns_lack

TRIED_DAYS = 182
MOMENTS = 6  # evenly spread over these days
TRYING = _("trying predictions of overruns")


def tried(tables: Tables, until: datetime, progress: Progress = silent) -> AgainstClock:
    """How predictions did in the half year before `until`, by a model that knew none of it."""
    first = until - timedelta(days=TRIED_DAYS)
    labels = overrun_labels(tables, first)
    least = tables.office.alerts.least_probability
    if overruns_lack(labels) is not None:
        return against_clock(asked_before(tables, [], until, lambda _moment: {}), least)
    x = overrun_table(tables, labels, progress)
    model = OverrunQuestion(fit_overruns(x, labels, tables.office))

    def predict(moment: datetime) -> Predicted:
        progress(TRYING, (moment - first) / (until - first))
        return probabilities(tables, model, moment)

    asked = asked_before(tables, _moments(first, until), until, predict)
    progress(TRYING, 1.0)
    return against_clock(asked, least)


def _moments(first: datetime, until: datetime) -> list[datetime]:
    """Ends of days between two moments, evenly spread."""
    days = (until.date() - first.date()).days
    ends = (
        first.date() + timedelta(days=days * at // (MOMENTS + 1)) for at in range(1, MOMENTS + 1)
    )
    return [datetime.combine(day, time.max) for day in ends]
