"""The files of a saved bundle: text, each with its SHA-256, never larger than need be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cases.errors import Refused

MANIFEST, DESCRIPTION = "manifest.json", "bundle.json"
NAMES = (DESCRIPTION, "risk.txt")
LONGEST_FILE = 64_000_000  # bytes


def write(folder: Path, texts: Mapping[str, str], described: Mapping[str, Any]) -> None:
    """Write the texts, the description as JSON and a manifest with a SHA-256 of each."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = dict(texts) | {DESCRIPTION: _json(described)}
    hashes = {}
    for name, text in sorted(contents.items()):
        data = text.encode()
        hashes[name] = hashlib.sha256(data).hexdigest()
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(_json(hashes).encode())


def read(folder: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """The texts by file name, and the description; `Refused` if they are not as written."""
    with plainly(folder):
        hashes = json.loads(_bytes(folder / MANIFEST))
        texts = {}
        for name in sorted(set(hashes) & set(NAMES)):
            data = _bytes(folder / name)
            if hashlib.sha256(data).hexdigest() != hashes[name]:
                raise ValueError(f"{name} is not the file that was saved")
            texts[name] = data.decode()
        return texts, json.loads(texts.pop(DESCRIPTION))


@contextmanager
def plainly(folder: Path) -> Iterator[None]:
    """Turn whatever a malformed bundle provokes into one plain refusal."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}" if isinstance(error, ValueError) else ""
        problem = detail or f"something is missing or malformed ({type(error).__name__})"
        raise Refused(
            f"The saved model in {folder.name} cannot be used: {problem}. "
            "Train again (`triage train`), or restore the folder from a copy."
        ) from None


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LONGEST_FILE:
        raise ValueError(f"{path.name} is larger than {LONGEST_FILE:,} bytes")
    return path.read_bytes()
