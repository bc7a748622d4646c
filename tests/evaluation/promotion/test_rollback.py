"""The way back to an earlier champion."""

from __future__ import annotations

import pytest

from cases.errors import Refused
from evaluation.promotion.rollback import champion_before, roll_back
from models.bundle.bundle import Bundle
from models.registry import CHAMPION, Event, Registry, Version, What, office_name


@pytest.fixture(scope="module")
def kept(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Four versions: 1, 2 and 4 were promoted in this order, 3 was refused."""
    registry = Registry(tmp_path_factory.mktemp("home"))
    for number in range(1, 5):
        version = registry.log(bundle, office_name(bundle.office), {})
        what = "refused" if number == 3 else "promoted"
        registry.record(version, what, f"reason {number}", {"gate.auc.worse": 0.01})
        if what == "promoted":
            registry.promote(version)
    return registry


def champion(registry: Registry, bundle: Bundle) -> str:
    """The number of the champion."""
    versions = registry.versions(office_name(bundle.office))
    return next(one.number for one in versions if CHAMPION in one.aliases)


@pytest.mark.parametrize(
    ("to", "words"),
    [(3, "never promoted"), (4, "champion already"), (9, "no version 9")],
)
def test_no_way_back(kept: Registry, bundle: Bundle, to: int, words: str) -> None:
    """A version that is champion, never was one, or does not exist cannot be gone back to."""
    with pytest.raises(Refused, match=words):
        roll_back(kept, bundle.office, to, "why")
    assert champion(kept, bundle) == "4"


def test_way_back(kept: Registry, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default to the champion before, or to the one named; with reason and time; until none."""
    with monkeypatch.context() as patched:
        patched.setattr(Registry, "load", _broken)
        with pytest.raises(Refused, match="broken"):
            roll_back(kept, bundle.office, None, "why")
    assert champion(kept, bundle) == "4"
    with monkeypatch.context() as patched:
        patched.setattr(Registry, "promote", _broken)
        with pytest.raises(Refused, match="broken"):
            roll_back(kept, bundle.office, None, "never happened")
    assert roll_back(kept, bundle.office, None, "four was wrong").number == "2"
    assert roll_back(kept, bundle.office, None, "two as well").number == "1"
    with pytest.raises(Refused, match="no earlier champion"):
        roll_back(kept, bundle.office, None, "why")
    assert roll_back(kept, bundle.office, 4, "four was right").number == "4"
    versions = kept.versions(office_name(bundle.office))
    assert [event.reason for event in versions[0].events] == ["reason 4", "four was right"]
    events = [(event.what, event.reason) for version in versions for event in version.events]
    assert ("restored", "four was wrong") in events
    assert ("refused", "reason 3") in events
    assert all(reason != "never happened" for _what, reason in events)
    assert [CHAMPION in version.aliases for version in versions] == [True, False, False, False]


def version(number: int, aliases: tuple[str, ...], *decided: tuple[int, What]) -> Version:
    """A version of which this was decided at these minutes."""
    events = tuple(Event(f"2024-01-01T00:{at:02}", what, "") for at, what in decided)
    return Version("office", str(number), aliases, 0, "", "", events=events)


@pytest.mark.parametrize(
    ("history", "present", "before"),
    [
        ("p1 p2", 2, 1),
        ("p1 p2 r1", 1, None),
        ("p1 p2 r1 p3", 3, 1),  # 2 was rolled back from
        ("p1 p2 r1 p3 r2", 2, 1),
        ("p1 p2 p3 r2 r1 r3", 3, 1),
        ("p1 p2 r1 p3 r1 p4", 4, 1),
        ("p1 p2 p3 r1 p4", 4, 1),
        ("p1 p2 f3", 2, 1),
        ("p1 p2", 3, 2),  # made champion, and interrupted before it was recorded
        ("p1", 1, None),
    ],
)
def test_the_one_before_is_that_of_history(history: str, present: int, before: int | None) -> None:
    """p promoted, r restored, f refused: back to the champion before, if not rolled back from."""
    whats: dict[str, What] = {"p": "promoted", "r": "restored", "f": "refused"}
    decided = [(at, whats[each[0]], int(each[1:])) for at, each in enumerate(history.split())]
    versions = tuple(
        version(
            number,
            (CHAMPION,) if number == present else (),
            *((at, what) for at, what, of in decided if of == number),
        )
        for number in (4, 3, 2, 1)
    )
    if before is None:
        with pytest.raises(Refused, match="no earlier champion"):
            champion_before(versions)
    else:
        assert champion_before(versions).number == str(before)


def _broken(*_: object) -> Bundle:
    raise Refused("broken")
