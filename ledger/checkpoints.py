"""Checkpoints: the size and root of a ledger, signed, to be kept outside of it.

A checkpoint is a *signed note* with the text of a *tlog checkpoint* (both of C2SP,
https://c2sp.org): name of the ledger, number of records and root in base64, then an Ed25519
signature. It can be printed, and typed in again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cases.language.messages import Sayable, _

ED25519 = b"\x01"  # how a signed note calls the algorithm
LONGEST = 4_096  # characters of a note
DASH = "\N{EM DASH}"
TEXT = re.compile(r"([^\n\s+]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n", re.ASCII)
LINE = re.compile(rf"{DASH} ([^\s+]+) ([A-Za-z0-9+/=]+)\n", re.ASCII)


class NoCheckpoint(ValueError):
    """A text that is no checkpoint, or not one signed by the key: what is wrong with it."""

    def __init__(self, problem: Sayable) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Checkpoint:
    """What is signed: `name` of the ledger, `size` in records, `root` (32 bytes)."""

    name: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed, three lines."""
        return f"{self.name}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a signed note."""
    text = checkpoint.text()
    signature = _key_id(checkpoint.name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n{DASH} {checkpoint.name} {base64.b64encode(signature).decode()}\n"


def read_checkpoint(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint of a signed note; `NoCheckpoint` unless this key signed it."""
    if len(note) > LONGEST:
        raise NoCheckpoint(_("is too long for a checkpoint."))
    text, blank, signatures = note.replace("\r\n", "\n").partition("\n\n")
    found = TEXT.fullmatch(text + "\n")
    if not blank or found is None:
        raise NoCheckpoint(_("does not have the lines of a checkpoint."))
    checkpoint = Checkpoint(found[1], int(found[2]), base64.b64decode(found[3]))
    wanted = _key_id(checkpoint.name, key)
    for name, signature in LINE.findall(signatures):
        if name == checkpoint.name and _is_by(key, wanted, signature, checkpoint.text()):
            return checkpoint
    raise NoCheckpoint(_("is not signed by the key of this ledger."))


def _is_by(key: Ed25519PublicKey, key_id: bytes, signature: str, text: str) -> bool:
    try:
        given = base64.b64decode(signature, validate=True)
        key.verify(given[len(key_id) :], text.encode())
    except (binascii.Error, InvalidSignature):
        return False
    return given[: len(key_id)] == key_id


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The public key as signed notes write it: name, id of the key, key."""
    material = base64.b64encode(ED25519 + key.public_bytes_raw()).decode()
    return f"{name}+{_key_id(name, key).hex()}+{material}"


def read_verifier_key(text: str) -> tuple[str, Ed25519PublicKey]:
    """Name and key that `verifier_key` wrote; `NoCheckpoint` if the text is none."""
    name, _id, material = (*text.strip().split("+", 2), "", "")[:3]
    try:
        raw = base64.b64decode(material, validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
    except (binascii.Error, ValueError):
        raise NoCheckpoint(_("is no key of a ledger.")) from None
    if verifier_key(name, key) != text.strip():
        raise NoCheckpoint(_("is no key of a ledger."))
    return name, key


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    named = name.encode() + b"\n" + ED25519 + key.public_bytes_raw()
    return hashlib.sha256(named).digest()[:4]
