"""`python -m serving`, where only the code was packed."""

from __future__ import annotations

from typing import Any

import pytest

from serving import __main__ as program


def test_a_proxy_is_known_from_the_environment(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `triage serve` has it from its options."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(program, "serve", lambda _workspace, **options: given.update(options))
    monkeypatch.setenv("TRIAGE_OFFICE", str(tmp_path / "office.toml"))
    monkeypatch.setenv("TRIAGE_PUBLIC_URL", "https://office.example")
    monkeypatch.setenv("TRIAGE_PROXIES", "127.0.0.1 ::1")
    program.main()
    assert given["public_url"] == "https://office.example"
    assert given["proxies"] == ["127.0.0.1", "::1"]
