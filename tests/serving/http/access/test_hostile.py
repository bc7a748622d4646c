"""Whatever is sent to those who tell who asks, it is answered, and leads nowhere else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette

from cases.errors import BadInput
from serving.access.limits import client
from serving.access.openid.settings import is_safe, openid_of
from serving.http.access.site import path_of
from tests.serving.http.access.browser import Browser

once = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(max_size=40) | st.sampled_from(
    ["//x", "/\\x", "https:x", "/%2f/x", "/x?y#z", "/\t/x"]
)
FORM = "application/x-www-form-urlencoded"


@given(texts)
def test_a_path_is_of_this_service(text: str) -> None:
    """Whatever the text, a browser stays here."""
    path = path_of(text)
    parts = urlsplit(path)
    assert (parts.scheme, parts.netloc) == ("", "")
    assert path.startswith("/")
    assert path[1:2] not in ("/", "\\")


@given(texts | st.ip_addresses().map(str))
def test_any_address_is_of_somebody(text: str) -> None:
    """In few letters, so that memory is bounded."""
    assert len(client(text)) <= 64


@given(texts)
def test_any_text_is_an_address_or_none(text: str) -> None:
    """Nothing raises."""
    assert is_safe(text) in (True, False)


@once
@given(st.binary(max_size=80), st.sampled_from([FORM, "text/plain", "multipart/form-data", ""]))
def test_any_form_is_refused(app: Starlette, body: bytes, kind: str) -> None:
    """Bytes of any kind are no form of ours."""
    answer = Browser(app).ask("POST", "/sign-in", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 403


@once
@given(st.binary(max_size=60).filter(lambda raw: not {10, 13, 0} & {*raw}), st.booleans())
def test_any_header_is_nobody(app: Starlette, raw: bytes, bearer: bool) -> None:
    """As a key, as cookies, and as what a proxy says."""
    headers = [
        (b"Authorization", b"Bearer " * bearer + raw) if bearer else (b"Cookie", raw),
        (b"X-Forwarded-For", raw),
    ]
    answer = Browser(app, address="198.51.100.1").ask("GET", "/healthz", headers=headers)
    assert answer.status_code in (401, 429)


@once
@given(st.text(max_size=60))
def test_any_file_of_settings_is_read_or_refused(tmp_path: Path, text: str) -> None:
    """With a fault that says where."""
    (tmp_path / "access.toml").write_text(f"[openid]\n{text}", "utf-8", newline="")
    with pytest.raises(BadInput, match=r"access\.toml"):
        openid_of(tmp_path)
