"""The key that signs checkpoints: a file that only its owner may read."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cases.errors import BadInput, Fault
from cases.language.messages import _


def key_at(path: Path) -> Ed25519PrivateKey:
    """The key in a file, which is made if there is none; `BadInput` for a file that holds none."""
    try:
        return _read(path.read_bytes(), path)
    except FileNotFoundError:
        _make(path)
        return _read(path.read_bytes(), path)


def _read(content: bytes, path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        problem = _("is not the key of a ledger.")
        raise BadInput([Fault(path.name, problem, _("Put the key back from a backup."))])
    return key


def _make(path: Path) -> None:
    """Write a new key, whole or not at all; another program may have been quicker."""
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Such a file has rights for its owner alone; a link never goes over another key.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
