"""The key that signs checkpoints: a file that only its owner may read."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cases.errors import BadInput, Fault
from cases.language.messages import _

OWNER_ONLY = 0o600


def key_at(path: Path) -> Ed25519PrivateKey:
    """The key in a file, which is made if there is none; `BadInput` for a file that holds none."""
    try:
        return _read(path.read_bytes(), path)
    except FileNotFoundError:
        key = Ed25519PrivateKey.generate()
        _write(path, key)
        return key


def _read(content: bytes, path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        problem = _("is not the key of a ledger.")
        raise BadInput([Fault(path.name, problem, _("Put the key back from a backup."))])
    return key


def _write(path: Path, key: Ed25519PrivateKey) -> None:
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Made with these rights, not given them afterwards; never over another key.
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(made, "wb") as file:
        file.write(text)
