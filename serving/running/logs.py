"""The log: one JSON object a line, for programs, without anything private.

A line of ours is an event with its facts. Of a line that a library writes only the place is kept:
its text could hold a value of a case.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from traceback import walk_tb
from types import TracebackType

from cases.errors import BadInput, Fault, PlumblineError

OURS = "plumbline"
MOST_PLACES = 20  # of faults, in one line
log = logging.getLogger(f"{OURS}.running")


class OneLine(logging.Formatter):
    """A record as one JSON object: `time` (UTC), `level`, `event` and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
            "level": record.levelname.lower(),
        }
        return json.dumps(line | _facts(record), ensure_ascii=False)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    if record.name.partition(".")[0] == OURS:
        return {"event": record.msg, **getattr(record, "facts", {})}
    kind = record.exc_info[0] if record.exc_info else None
    return {
        "event": "library",
        "library": record.name.partition(".")[0],
        "at": f"{record.module}:{record.lineno}",
        "error": kind.__name__ if kind else None,
    }


def configure() -> None:
    """Write what is logged in this process to the standard error, a line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed
    logging.getLogger(OURS).setLevel(logging.INFO)


def _crashed(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    steps = [f"{frame.f_globals.get('__name__')}:{at}" for frame, at in walk_tb(trace)]
    log.critical("crashed", extra={"facts": {"error": kind.__name__, "at": " > ".join(steps)}})


def refused(event: str, error: PlumblineError) -> None:
    """Log why something could not be begun: a reason, or how many faults there are and where.

    What the faults say is shown by `triage check`, not kept in a log: it names values of cases.
    """
    if isinstance(error, BadInput):
        places = [_place(fault) for fault in error.faults[:MOST_PLACES]]
        facts = {"faults": len(error.faults), "places": places, "see": "triage check"}
    else:
        facts = {"reason": str(error)}
    log.error(event, extra={"facts": facts})


def _place(fault: Fault) -> str:
    parts = (str(fault.where), fault.row and f"row {fault.row}", fault.column)
    return ", ".join(str(part) for part in parts if part)
