"""How much data there is, which models these are, and what moves the risk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest

import numpy as np

from cases.language.kept import from_json
from cases.language.messages import Sayable
from cases.tables.tables import Tables, moments_of, rows
from evaluation.proxies.check import Proxies, from_kept
from evaluation.proxies.words import most_telling, warning
from features.build import build
from features.catalogue import catalogue
from features.conditions import reviewable
from models.bundle.bundle import Bundle
from models.questions.risk import RiskQuestion
from models.questions.start import Start, StartKind
from models.reasons.parts import group_of
from models.registry import CHAMPION, Event, Version
from training.labels import reviewed_moments

EXPLAINED = 1000  # latest reviewed cases whose contributions rank the groups of features
MOST_INFLUENCES = 12
LOAD_OF_HANDLER = "workload.handler_"  # how the names of these features begin


@dataclass(frozen=True)
class DataFacts:
    """How much there is.

    `reviewable` cases have come to the moment that risk is asked at and are of the risk model's
    kind; of these `reviewed` have a review and `unknown` have none. `drawn` reviews have a known
    inclusion probability.
    """

    cases: int
    closed: int
    events: int
    reviewable: int
    reviewed: int
    unknown: int
    reviews: int
    drawn: int
    first_opened: date | None
    last_closed: date | None
    data_hash: str


@dataclass(frozen=True)
class FittedFacts:
    """How many cases a model was fitted on, how many had the outcome, how many features."""

    cases: int
    positives: int
    features: int


@dataclass(frozen=True)
class Input:
    """An attribute of the office's own: its column, what it means, when it is known."""

    name: str
    meaning: Sayable
    known: Sayable


@dataclass(frozen=True)
class Card:
    """Which models these are. `versions` are those of the libraries they were trained with.

    Risk is asked at the moment `asked_at`. `risk` is the fitted model of it and `kind` says which
    kind it is and why, `start` what is used while there is none. `defects` are the grades that
    count as a defect, `complex` what the office calls complex. `uses_load`: it uses how busy the
    handler was, and cases have one.
    """

    trained_until: date
    data_hash: str
    risk: FittedFacts | None
    start: Start | None
    complexity: FittedFacts | None
    kind: Sayable | None
    asked_at: Sayable
    uses_handler: bool
    uses_load: bool
    versions: dict[str, str]
    defects: tuple[Sayable, ...]
    complex: Sayable | None
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Influence:
    """A group of features: its strongest member's meaning, how many it has, and its `share`
    of all mean absolute contributions to the log-odds (0 to 1)."""

    meaning: Sayable
    members: int
    share: float


@dataclass(frozen=True)
class Leak:
    """A column that seemed to know too much at training, and why it is accepted, if it is."""

    column: str
    severity: str
    evidence: Sayable
    accepted: str | None


@dataclass(frozen=True)
class StandIns:
    """What the proxy check found at training, and the warning if any.

    `telling` says of each of `found` which features do most; None if none does much.
    """

    found: tuple[Proxies, ...]
    telling: tuple[Sayable | None, ...]
    warning: Sayable | None


@dataclass(frozen=True)
class ModelVersion:
    """A kept version of the model: the day it was made, the time it knows, what was decided.

    `start` is what it starts by if it has no fitted model of risk.
    """

    number: str
    made: date
    trained_until: date | None
    champion: bool
    events: tuple[Event, ...]
    start: StartKind | None = None


@dataclass(frozen=True)
class Reign:
    """The time in which a version was champion; the last three are None for the present one.

    `because` is why the next one, `replaced_by`, was promoted.
    """

    version: ModelVersion
    since: date
    until: date | None
    replaced_by: str | None
    because: Sayable | str | None


def data_facts(tables: Tables) -> DataFacts:
    """What the tables hold."""
    cases, reviews = tables.case_rows, tables.review_rows
    judged = rows(reviewable(tables, after=None, until=datetime.max).select("case_id"))
    reviewed = judged.join(reviews, on="case_id", how="semi").height
    opened, last = cases["opened_at"].min(), cases["closed_at"].max()
    return DataFacts(
        cases=cases.height,
        closed=cases["closed_at"].count(),
        events=tables.event_rows.height,
        reviewable=judged.height,
        reviewed=reviewed,
        unknown=judged.height - reviewed,
        reviews=reviews.height,
        drawn=reviews.height - reviews["inclusion_probability"].null_count(),
        first_opened=opened.date() if isinstance(opened, datetime) else None,
        last_closed=last.date() if isinstance(last, datetime) else None,
        data_hash=tables.data_hash,
    )


def card(tables: Tables, bundle: Bundle) -> Card:
    """What the bundle says of itself."""
    about, office = bundle.about, tables.office
    grades = office.reviews.grades if office.reviews else ()
    return Card(
        trained_until=_day(str(about["trained_until"])),
        data_hash=str(about["data_hash"]),
        risk=_fitted(bundle, "risk", about["reviewed_cases"], about["defects"]),
        start=bundle.start,
        complexity=_fitted(bundle, "complexity", about["complexity_cases"], about["complex"]),
        kind=bundle.question(RiskQuestion).kind if "risk" in bundle else None,
        asked_at=office.moment_name(office.risk.at),
        uses_handler=office.risk.use_handler,
        uses_load=_uses_load(tables, bundle),
        versions=dict(about["versions"]),
        defects=tuple(grade.meaning for grade in grades if grade.defect),
        complex=office.complexity.meaning if office.complexity else None,
        inputs=tuple(
            Input(name, attribute.meaning, office.moment_name(attribute.known))
            for name, attribute in office.attributes.items()
        ),
    )


def _uses_load(tables: Tables, bundle: Bundle) -> bool:
    """Whether the model of risk reads how busy a handler was, of cases that have one."""
    names = bundle.questions["risk"].names if "risk" in bundle else ()
    reads = any(name.startswith(LOAD_OF_HANDLER) for name in names)
    return reads and tables.case_rows["handler"].count() > 0


def _day(moment: str) -> date:
    """The day of a moment that is kept as ISO 8601."""
    return datetime.fromisoformat(moment).date()


def _fitted(bundle: Bundle, question: str, cases: int, positives: int) -> FittedFacts | None:
    if question not in bundle or not bundle.questions[question].judged_by_outcome:
        return None
    return FittedFacts(cases, positives, len(bundle.questions[question].names))


def influences(tables: Tables, bundle: Bundle, until: datetime) -> tuple[Influence, ...]:
    """Groups of features, the most influential first, on the latest cases trained on."""
    if bundle.judged != RiskQuestion.code:
        return ()
    risk = bundle.question(RiskQuestion).model
    latest = rows(reviewed_moments(tables, until)).sort("moment", "case_id").tail(EXPLAINED)
    x = rows(build(tables, moments_of(latest), list(risk.names)))
    size = np.abs(risk.contributions(x))[:, : len(risk.names)].mean(axis=0)
    return tuple(_ranked(tables, risk.names, size))[:MOST_INFLUENCES]


def _ranked(tables: Tables, names: Sequence[str], size: np.ndarray) -> Iterator[Influence]:
    groups: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        groups.setdefault(group_of(name), []).append(column)
    meanings, total = catalogue(tables.office), float(size.sum())
    for members in sorted(groups.values(), key=lambda columns: -size[columns].sum()):
        strongest = names[max(members, key=lambda column: size[column])]
        share = float(size[members].sum()) / total if total else 0.0
        yield Influence(meanings[strongest].meaning, len(members), share)


def leaks(bundle: Bundle) -> tuple[Leak, ...] | None:
    """What the leak finder found when `bundle` was trained; None if nobody looked."""
    kept = bundle.about.get("leaks")
    if kept is None:
        return None
    return tuple(
        Leak(leak["column"], leak["severity"], from_json(leak["evidence"]), leak["accepted"])
        for leak in kept
    )


def stand_ins(bundle: Bundle) -> StandIns | None:
    """What the proxy check found when `bundle` was trained; None if it was not made."""
    found = from_kept(bundle.about)
    if found is None:
        return None
    telling = tuple(most_telling(bundle.office, one) for one in found)
    return StandIns(found, telling, warning(bundle.office, found))


def model_versions(versions: Iterable[Version]) -> tuple[ModelVersion, ...]:
    """The versions without where they are stored: a report names no machine."""
    return tuple(
        ModelVersion(
            version.number,
            datetime.fromtimestamp(version.created / 1000, UTC).date(),
            _day(version.trained_until) if version.trained_until else None,
            CHAMPION in version.aliases,
            version.events,
            version.start,
        )
        for version in versions
    )


def reigns(versions: Iterable[ModelVersion]) -> tuple[Reign, ...]:
    """Which version was champion when, in order of time, as far as promotions were recorded."""
    made = sorted(
        ((event, version) for version in versions for event in version.events if _crowns(event)),
        key=lambda one: one[0].at,
    )
    return tuple(
        Reign(
            version,
            _day(event.at),
            _day(after[0].at) if after else None,
            after[1].number if after else None,
            after[0].reason if after else None,
        )
        for (event, version), after in zip_longest(made, made[1:])
    )


def _crowns(event: Event) -> bool:
    """Whether the version became champion by it."""
    return event.what in ("promoted", "restored")
