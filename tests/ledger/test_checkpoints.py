"""Checkpoints are signed notes that anybody can check, by a key that is made once."""

from __future__ import annotations

import base64
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import BadInput
from ledger.checkpoints import (
    Checkpoint,
    NoCheckpoint,
    read_checkpoint,
    read_verifier_key,
    signed,
    verifier_key,
)
from ledger.keys import key_at

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CHECKPOINT = Checkpoint("plumbline-0000", 7, bytes(32))
NOTE = signed(CHECKPOINT, KEY)


def test_the_note_by_hand() -> None:
    """Three lines, a blank one, and a line with id of the key and signature."""
    raw = KEY.public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"plumbline-0000\n\x01" + raw).digest()[:4]
    text = "plumbline-0000\n7\n" + "A" * 43 + "=\n"
    signature = base64.b64encode(key_id + KEY.sign(text.encode())).decode()
    assert f"{text}\n\N{EM DASH} plumbline-0000 {signature}\n" == NOTE


def test_read_back() -> None:
    """Also where an editor has changed the ends of the lines."""
    assert read_checkpoint(NOTE, KEY.public_key()) == CHECKPOINT
    assert read_checkpoint(NOTE.replace("\n", "\r\n"), KEY.public_key()) == CHECKPOINT


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("\n7\n", "\n8\n"),
        NOTE.replace("AAAA", "AAAB", 1),
        NOTE.replace("plumbline-0000", "plumbline-0001"),
        NOTE.partition("\n\n")[0] + "\n\n",
        signed(CHECKPOINT, Ed25519PrivateKey.generate()),
        "",
        "x" * 10_000,
    ],
)
def test_other_notes_are_refused(note: str) -> None:
    """Changed, unsigned, or signed by another key."""
    with pytest.raises(NoCheckpoint):
        read_checkpoint(note, KEY.public_key())


@given(st.text(max_size=100))
def test_any_text_is_no_checkpoint(text: str) -> None:
    """And no key either; nothing else comes of it."""
    with pytest.raises(NoCheckpoint):
        read_checkpoint(text, KEY.public_key())
    with pytest.raises(NoCheckpoint):
        read_verifier_key(text)


def test_the_key_for_strangers() -> None:
    """Name and public key, with an id that a slip in typing does not fit."""
    text = verifier_key("plumbline-0000", KEY.public_key())
    name, key = read_verifier_key(text + "\n")
    assert (name, key.public_bytes_raw()) == (
        "plumbline-0000",
        KEY.public_key().public_bytes_raw(),
    )
    with pytest.raises(NoCheckpoint):
        read_verifier_key(text.replace("plumbline-0000", "plumbline-0001"))


def test_many_make_one_key(tmp_path: Path) -> None:
    """All have the same, only its owner can read it, and nothing else is left."""
    together = threading.Barrier(8, timeout=30)

    def make(turn: int) -> set[bytes]:
        together.wait()
        return {key_at(tmp_path / f"{turn}.key").private_bytes_raw()}

    with ThreadPoolExecutor(8) as pool:
        for turn in range(10):
            found = set().union(*pool.map(make, [turn] * 8))
            assert len(found) == 1
    assert len(list(tmp_path.iterdir())) == 10
    assert (tmp_path / "0.key").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_key(tmp_path: Path) -> None:
    """It is left as it is, and said."""
    (tmp_path / "a.key").write_text("half a k", "utf-8")
    with pytest.raises(BadInput, match="is not the key of a ledger"):
        key_at(tmp_path / "a.key")
