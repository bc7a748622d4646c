"""What stands between a fitted model and its use."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cases.errors import Refused
from cases.language.texts import Text
from cases.office.model import AcceptedLeak
from cases.progress import silent
from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest
from evaluation.leaks.findings import Finding
from evaluation.promotion import candidate, gate, last_year
from evaluation.promotion.candidate import confirm, train_candidate
from evaluation.promotion.worth import Worth
from evaluation.proxies.check import Proxies, from_kept
from evaluation.statistics.metrics import Figure
from models.bundle.bundle import Bundle
from models.estimators.boosting import Trees
from models.questions.risk import RiskQuestion
from models.registry import CHAMPION, Registry, office_name
from tests.factories.office import OFFICE
from tests.factories.office import office as factory
from tests.factories.small_office import UNTIL


def test_what_cannot_be_loaded_is_never_champion(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that cannot be read back from the registry is refused and not promoted."""

    def unreadable(*_: object) -> Trees:
        raise ValueError("no such trees")

    monkeypatch.setattr(Trees, "from_json", unreadable)
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: Backtest(*[None] * 7))
    monkeypatch.setattr(gate, "judge", lambda *_: Worth(True, Text(en="good.")))
    registry = Registry(tmp_path)
    with pytest.raises(Refused, match="no such trees"):
        train_candidate(tables, registry, UNTIL, silent)
    with pytest.raises(Refused, match="no champion"):
        registry.champion(tables.office)


def test_a_newer_champion_stays(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Training up to an earlier day does not replace the champion, though the gate would agree."""
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: Backtest(*[None] * 7))
    monkeypatch.setattr(gate, "judge", lambda *_: Worth(True, Text(en="good.")))
    registry = Registry(tmp_path)
    for until in (UNTIL, datetime(2024, 7, 15)):
        trained = train_candidate(tables, registry, until, silent)
        assert trained.verdict.promoted is (until == UNTIL)
        assert registry.champion(tables.office).about["trained_until"] == UNTIL.isoformat()
    newest, oldest = registry.versions(office_name(tables.office))
    assert [event.what for event in (*newest.events, *oldest.events)] == ["refused", "promoted"]
    assert "the champion what was known by 1 August 2024" in str(newest.events[0].reason)


@pytest.mark.parametrize("step", ["promote", "record"])
def test_what_was_never_champion_is_not_recorded_as_promoted(
    step: str, tables: Tables, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the store fails, a version counts as promoted only if it is the champion."""
    monkeypatch.setattr(candidate, "train", lambda *_: bundle)
    monkeypatch.setattr(candidate, "find_leaks", lambda *_: ())
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: Backtest(*[None] * 7))
    monkeypatch.setattr(gate, "judge", lambda *_: Worth(True, Text(en="good.")))

    def fails(*_: object) -> None:
        raise Refused("the store is gone")

    monkeypatch.setattr(Registry, step, fails)
    registry = Registry(tmp_path)
    with pytest.raises(Refused, match="is gone"):
        train_candidate(tables, registry, UNTIL, silent)
    (version,) = registry.versions(office_name(tables.office))
    assert version.was_promoted is (CHAMPION in version.aliases) is (step == "record")
    assert version.events == ()


def test_a_champion_that_cannot_be_loaded_is_told_and_not_compared(
    tables: Tables, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the office file has made the champion unusable, the reason is kept with the next."""
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: Backtest(*[None] * 7))
    monkeypatch.setattr(gate, "judge", lambda *_: Worth(True, Text(en="good.")))
    attributes = OFFICE["attributes"] | {"extra": OFFICE["attributes"]["appealed"]}
    other = replace(bundle, office=factory(attributes=attributes))
    registry = Registry(tmp_path)
    registry.promote(registry.log(other, office_name(tables.office), {}))
    trained = train_candidate(tables, registry, UNTIL, silent)
    assert trained.verdict.promoted
    assert "It could not be compared with the champion" in str(trained.verdict.reason)
    assert "other definitions" in str(trained.verdict.reason)


def test_findings_of_leaks_are_kept_with_the_model(
    tables: Tables, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blatant one stops training; an accepted one stands in the bundle with the reason."""
    monkeypatch.setattr(candidate, "train", lambda *_: bundle)
    words = Text(en="too good"), Text(en="look")
    leaks = (Finding("appealed", "blatant", *words), Finding("charge", "suspicious", *words))
    monkeypatch.setattr(candidate, "find_leaks", lambda *_: leaks)
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: Backtest(*[None] * 7))
    registry = Registry(tmp_path)
    with pytest.raises(Refused, match="appealed: too good"):
        train_candidate(tables, registry, UNTIL, silent)
    stands_by = AcceptedLeak(column="appealed", reason="known in court")
    office = tables.office.model_copy(update={"accepted_leaks": (stands_by,)})
    trained = train_candidate(replace(tables, office=office), registry, UNTIL, silent)
    kept = registry.load(trained.version, office).about["leaks"]
    assert [(one["column"], one["accepted"]) for one in kept] == [
        ("appealed", "known in court"),
        ("charge", None),
    ]


def test_stand_ins_for_persons_are_kept_and_said_with_the_verdict(
    tables: Tables, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model whose features tell handlers apart is not refused for it; the verdict warns."""
    found = (Proxies("handler", 5, Figure(0.9, 0.88, 0.92, 120), ("attribute.charge",)),)
    monkeypatch.setattr(candidate, "train", lambda *_: bundle)
    monkeypatch.setattr(candidate, "find_leaks", lambda *_: ())
    monkeypatch.setattr(candidate, "find_proxies", lambda *_: found)
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: Backtest(*[None] * 7))
    monkeypatch.setattr(gate, "judge", lambda *_: Worth(True, Text(en="good.")))
    registry = Registry(tmp_path)
    trained = train_candidate(tables, registry, UNTIL, silent)
    assert trained.verdict.promoted
    assert str(trained.verdict.reason).startswith("good. Its features tell the handler of a case")
    assert from_kept(registry.load(trained.version, tables.office).about) == found


@pytest.mark.parametrize(
    ("apart", "defects", "days"), [(10, 100, 365), (20, 100, 29 * 20), (20, 29, 365)]
)
def test_where_a_year_has_too_few_outcomes_it_is_tried_on_more(
    apart: int,
    defects: int,
    days: int,
    tables: Tables,
    bundle: Bundle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time tried on is a year, or as much longer as it takes to have 30 of each outcome."""
    last = datetime(2024, 7, 1)
    known = [(last - timedelta(days=day), 0) for day in range(900)]
    known += [(last - timedelta(days=apart * number), 1) for number in range(defects)]
    schema = {"moment": pl.Datetime("us"), "y": pl.Int8()}
    labels = pl.DataFrame(known, schema=schema, orient="row")
    asked: dict[str, date] = {}
    monkeypatch.setattr(last_year, "judging_labels", lambda *_: labels)
    monkeypatch.setattr(last_year, "backtest", lambda *_, **span: asked.update(span))
    last_year.run_last_year_backtest(tables, bundle, silent)
    assert (asked["last"], asked["first"]) == (last.date(), last.date() - timedelta(days=days))


def test_what_answers_otherwise_is_refused(tables: Tables, bundle: Bundle) -> None:
    """A kept bundle must answer the latest cases to the bit as the fitted one."""
    confirm(tables, bundle, bundle, UNTIL)
    other = copy.deepcopy(bundle)
    other.question(RiskQuestion).model.usual_ += 1e-9
    with pytest.raises(Refused, match="gives other answers"):
        confirm(tables, bundle, other, UNTIL)
