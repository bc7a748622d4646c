"""What was altered in a kept file is refused where it is read, and never where it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from cases.language.kept import from_json


def _nested(levels: int) -> dict[str, Any]:
    """A message with a message in it, and so on."""
    kept: dict[str, Any] = {"template": "x"}
    for _level in range(levels):
        kept = {"template": "{a}", "values": {"a": kept}}
    return kept


def _doubled(levels: int) -> dict[str, Any]:
    """A message that says ten times what says ten times, and so on."""
    kept: dict[str, Any] = {"template": "x"}
    for _level in range(levels):
        kept = {"template": "{a}" * 10, "values": {"a": kept}}
    return kept


@pytest.mark.parametrize(
    "kept",
    [
        {},
        [],
        {"template": 1},
        {"template": ""},
        {"template": "a", "values": []},
        {"template": "{a", "values": {"a": 1}},
        {"template": "{a}", "values": {"a": [1]}},
        {"template": "{a.b}", "values": {"a": 1}},
        {"template": "{a:{b}}", "values": {"a": 1, "b": ".1f"}},
        {"template": "{a:.9999999999f}", "values": {"a": 1.0}},
        {"template": "{count} v", "plural": "{count} vs", "count": "x", "values": {"count": "x"}},
        {"template": "{count} v", "plural": "{n} vs", "count": 1, "values": {"count": 1}},
        {"template": "v", "plural": 1, "count": 1},
        {"template": "\ud800"},
        {"parts": ["a", "b"], "pair": "{first}{second}"},
        {"parts": 1, "pair": {"template": "{first}{second}"}},
        {"text": {"english": "a"}},
        {"text": 1},
        {"time": 1},
        {"time": "soon"},
        {"template": "x" * 20_001},
        _nested(11),
        _nested(5_000),
        _doubled(9),
    ],
)
def test_what_cannot_be_said_is_refused(kept: Any) -> None:
    """In one way, whatever is wrong with it."""
    with pytest.raises(ValueError):  # noqa: PT011  it has many words
        from_json(kept)


@pytest.mark.parametrize("value", [1e300, 10**400, float("nan")])
def test_any_number_can_be_kept(value: float) -> None:
    """Also the largest."""
    assert from_json({"template": "{a:.1f}", "values": {"a": value}}).say("zh")


def test_texts_stand_within_texts() -> None:
    """As deep as sentences are made."""
    assert str(from_json(_nested(9))) == "x"
