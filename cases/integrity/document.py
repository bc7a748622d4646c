"""Small JSON files of which every byte counts: one way to write each, and no other is read."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from cases.office.base import Model


class Document(Model):
    """Typed plain values with one text, so that the hash of the text is that of the values."""

    @property
    def text(self) -> str:
        """JSON with sorted keys, an entry a line; `ValueError` for NaN and infinite numbers."""
        plain = self.model_dump(mode="json")
        lines = json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
        return lines + "\n"

    @classmethod
    def read(cls, path: Path, largest: int) -> Self:
        """From a file of at most `largest` bytes that was written as `text`.

        `OSError` if it cannot be read, `ValueError` if it holds anything else.
        """
        with plain_file(path) as (file, size):
            if size > largest:
                raise ValueError(f"has more than {largest} bytes")
            content = file.read()
        try:
            document = cls.model_validate(json.loads(content))
            same = document.text.encode() == content
        except RecursionError:
            same = False
        if not same:
            raise ValueError("is written in another way")
        return document


@contextmanager
def plain_file(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """The file at `path` and its size in bytes; `OSError` for a link, a folder or a device.

    Opening it waits for nobody, as opening a pipe would.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "is not a plain file")
        yield file, status.st_size
