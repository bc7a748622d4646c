"""A client of the service for Python: pandas frames in, pandas frames out.

It needs nothing of this program but a running service and its address.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Self

import httpx
import pandas as pd

OF_A_CASE = ("case_id", "opened_at", "closed_at", "kind", "unit", "handler")
OF_A_NEW_CASE = ("case_id", "opened_at", "kind", "unit")
AT_ONCE = 1_000  # rows of a request with facts
ATTEMPTS = 4
PAUSE = 1.0  # seconds before another attempt, longer each time
Moment = str | date | datetime


class Problem(Exception):
    """The service did not do what it was asked: `status` of HTTP, `detail`, and every fault.

    A fault has `field`, `problem` and `remedy`. `reference` finds an internal error in its log.
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.detail = str(document.get("detail", ""))
        self.faults: list[dict[str, Any]] = list(document.get("faults", ()))
        self.reference = document.get("reference")
        told = [f"{fault['field']} {fault['problem']} {fault['remedy']}" for fault in self.faults]
        super().__init__("\n".join([f"{status}: {self.detail}", *told]))


class Faulty(Problem):
    """The request has faults (400, 413, 415, 422): correct them."""


class Refused(Problem):
    """A rule forbids it (409), or the key may not do this (401, 403)."""


class Unavailable(Problem):
    """The service cannot answer now (429, 503, 504), or not at all: ask again later."""


KINDS: Mapping[int, type[Problem]] = {
    **dict.fromkeys((400, 413, 415, 422), Faulty),
    **dict.fromkeys((401, 403, 409), Refused),
    **dict.fromkeys((429, 503, 504), Unavailable),
}


@dataclass(frozen=True)
class Taken:
    """What was taken of rows that were sent: the `records`, the rows, and how many were known.

    Who may not see all cases is not given the numbers of records.
    """

    records: tuple[int, ...]
    rows: int
    known: int


class Client:
    """A running service at an `address`, asked with the key of a machine; closed at the end.

    Values that are missing in a frame are left out. Further columns of cases are the office's own
    attributes. Raises `Faulty`, `Refused` or `Unavailable`, each a `Problem`.
    """

    def __init__(
        self,
        address: str,
        key: str | None = None,
        *,
        timeout: float = 120.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(
            base_url=address, headers=headers, timeout=timeout, transport=transport
        )

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def health(self) -> dict[str, Any]:
        """What is being served."""
        return self._asked("GET", "/healthz")

    def spot_checks(
        self,
        *,
        as_of: Moment,
        capacity: int,
        closed_after: Moment | None = None,
        search_share: float | None = None,
        margin: float | None = None,
        seed: str | None = None,
        cases: pd.DataFrame | None = None,
        events: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """The cases to check, in order; what holds for the whole plan is in `attrs`.

        Among `cases` with their `events` if given, else among all that the office could check.
        """
        asked = {
            "as_of": _moment(as_of),
            "capacity": capacity,
            "closed_after": None if closed_after is None else _moment(closed_after),
            "search_share": search_share,
            "margin": margin,
            "seed": seed,
            "cases": None if cases is None else _with_events(cases, events),
        }
        return _framed(self._asked("POST", "/v1/spot_checks", asked), "lines")

    def score(
        self,
        case_ids: Sequence[str] | None = None,
        *,
        cases: pd.DataFrame | None = None,
        events: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """The risk of cases of the office, or of `cases` with their `events`."""
        asked: dict[str, Any] = {"case_ids": None if case_ids is None else list(case_ids)}
        asked["cases"] = None if cases is None else _with_events(cases, events)
        return _framed(self._asked("POST", "/v1/score", asked), "scores")

    def alerts(self) -> pd.DataFrame:
        """What is about to go wrong in running cases, what to do first in front."""
        return _framed(self._asked("GET", "/v1/alerts"), "alerts")

    def intake(
        self, cases: pd.DataFrame, *, as_of: Moment | None = None, seed: str | None = None
    ) -> pd.DataFrame:
        """For new cases the track, the effort and a handler; who may take them is in `attrs`.

        `cases` may have `parties` (lists), `designated_handler` and `designation_reason`.
        """
        asked = {
            "cases": [_new_case(row) for row in _rows(cases)],
            "as_of": None if as_of is None else _moment(as_of),
            "seed": seed,
        }
        return _framed(self._asked("POST", "/v1/intake", asked), "cases")

    def add_cases(self, cases: pd.DataFrame, key: str | None = None) -> Taken:
        """Take in new cases, and what is new of those the office has."""
        return self._add("cases", [_case(row, OF_A_CASE) for row in _rows(cases)], key)

    def add_events(self, events: pd.DataFrame, key: str | None = None) -> Taken:
        """Take in what happened to cases."""
        return self._add("events", list(_rows(events)), key)

    def add_reviews(self, reviews: pd.DataFrame, key: str | None = None) -> Taken:
        """Take in what reviewers found; `dimensions` are lists."""
        return self._add("reviews", list(_rows(reviews)), key)

    def add_overrides(self, overrides: pd.DataFrame, key: str | None = None) -> Taken:
        """Take in decisions other than was suggested."""
        return self._add("overrides", list(_rows(overrides)), key)

    def ask_for_training(self, reason: str, until: Moment | None = None) -> int:
        """Record that a training is asked for; the number of the record."""
        asked = {"reason": reason, "until": None if until is None else _moment(until)}
        return int(self._asked("POST", "/v1/trainings", asked)["record"])

    def _add(self, table: str, rows: list[dict[str, Any]], key: str | None) -> Taken:
        """Send rows, `AT_ONCE` in each request; whatever fails on the way is sent again."""
        key = key or str(uuid.uuid4())
        told = [
            self._asked("POST", f"/v1/{table}", {table: part}, f"{key}/{number}")
            for number, part in enumerate(_parts(rows))
        ]
        return Taken(
            tuple(one["record"] for one in told if "record" in one),
            sum(one["rows"] for one in told),
            sum(one["known"] for one in told),
        )

    def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """The answer; a request with a key is sent again where it may not have arrived."""
        headers = {} if key is None else {"Idempotency-Key": key}
        sent = None if body is None else {n: v for n, v in body.items() if v is not None}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = _read(self._http.request(method, path, json=sent, headers=headers))
            except httpx.TransportError as error:
                problem = Unavailable(0, {"detail": f"No answer ({type(error).__name__})."})
            except Unavailable as error:
                problem = error
            else:
                return answer
            if key is None or attempt == ATTEMPTS:
                raise problem from None
            time.sleep(PAUSE * attempt)
        raise AssertionError  # the loop returns or raises


def _read(answer: httpx.Response) -> dict[str, Any]:
    """The document of an answer; a `Problem` if it is one."""
    if answer.status_code == HTTPStatus.OK:
        document: dict[str, Any] = answer.json()
        return document
    kind = answer.headers.get("content-type", "")
    told = answer.json() if kind.startswith("application/problem+json") else {}
    raise KINDS.get(answer.status_code, Problem)(answer.status_code, told)


def _framed(document: dict[str, Any], rows: str) -> pd.DataFrame:
    """The rows of an answer as a frame; all else is in its `attrs`."""
    frame = pd.DataFrame(document.pop(rows))
    frame.attrs = document
    return frame


def _parts(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _with_events(cases: pd.DataFrame, events: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Cases as a request has them, each with its events."""
    of_case: dict[str, list[dict[str, Any]]] = {}
    for row in () if events is None else _rows(events):
        of_case.setdefault(row.pop("case_id"), []).append(row)
    found = (_case(row, OF_A_CASE) for row in _rows(cases))
    return [case | {"events": of_case.get(case["case_id"], [])} for case in found]


def _new_case(row: dict[str, Any]) -> dict[str, Any]:
    parties = row.pop("parties", None)
    handler, reason = row.pop("designated_handler", None), row.pop("designation_reason", None)
    case = _case(row, OF_A_NEW_CASE) | {"parties": list(parties or ())}
    return (
        case if handler is None else case | {"designated": {"handler": handler, "reason": reason}}
    )


def _case(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """A row with what is the office's own under `attributes`."""
    own = {name: value for name, value in row.items() if name not in columns}
    return {name: row[name] for name in columns if name in row} | {"attributes": own}


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows without what is missing, in types of JSON."""
    for row in frame.to_dict("records"):
        plain = ((str(name), _plain(value)) for name, value in row.items())
        yield {name: value for name, value in plain if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if pd.isna(value):
        return None
    if isinstance(value, date):  # a timestamp too
        return _moment(value)
    return value.item() if hasattr(value, "item") else value


def _moment(value: Moment) -> str:
    if isinstance(value, pd.Timestamp):
        value = value.floor("us").to_pydatetime()
    return value if isinstance(value, str) else value.isoformat()
