"""The files of a saved bundle: text, each with its SHA-256, none larger than a limit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cases.errors import Refused
from cases.language.messages import _

MANIFEST, DESCRIPTION = "manifest.json", "bundle.json"
LONGEST_FILE = 64_000_000  # bytes


def of(code: str) -> str:
    """The file of a question's text."""
    return f"{code}.txt"


def contents(texts: Mapping[str, str], described: Mapping[str, Any]) -> dict[str, bytes]:
    """The bytes of every file by its name: the texts, and the description as JSON."""
    whole = dict(texts) | {DESCRIPTION: _json(described)}
    return {name: text.encode() for name, text in sorted(whole.items())}


def hashes(kept: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 (hex) of every file."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in kept.items()}


def write(folder: Path, kept: Mapping[str, bytes]) -> None:
    """Write the files of `contents`, and a manifest with a SHA-256 of each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(_json(hashes(kept)).encode())


def read(folder: Path, names: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """The texts by file name, of those called `names`, and the description.

    `Refused` if they are not as they were written.
    """
    with plainly(folder):
        kept = json.loads(_bytes(folder / MANIFEST))
        texts = {}
        for name in sorted(set(kept) & {DESCRIPTION, *names}):
            data = _bytes(folder / name)
            if hashlib.sha256(data).hexdigest() != kept[name]:
                raise ValueError(f"{name} is not the file that was saved")
            texts[name] = data.decode()
        return texts, json.loads(texts.pop(DESCRIPTION))


@contextmanager
def plainly(folder: Path) -> Iterator[None]:
    """Turn every error that a malformed bundle causes into one plain refusal."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        name = type(error).__name__
        detail = f"{name}: {error}" if isinstance(error, ValueError) else name
        raise Refused(
            _(
                "The saved model in {folder} cannot be used: something in it is missing or "
                "malformed ({error}). Train again (`triage train`), or restore the folder from "
                "a copy.",
                folder=folder.name,
                error=detail,
            )
        ) from None


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LONGEST_FILE:
        raise ValueError(f"{path.name} is larger than {LONGEST_FILE:,} bytes")
    return path.read_bytes()
