"""Reports that the office keeps for its pages: which is the last one, as it was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from pydantic import ValidationError

from cases.integrity.canonical import Domain, stream_digest
from cases.language.catalogues import Language, languages
from evaluation.pages.kept_report import KeptReport
from ledger.records import Record

REPORTS = "reports"  # the folder of their folders, in that of the office's models
SHOWN, VALUES = "pages.json", "report.json"
MOST = 200  # folders that are looked through, the newest first
LARGEST = 10_000_000  # bytes of a file


@dataclass(frozen=True)
class Reported:
    """A report that is kept, and the record that its files are as they were written."""

    folder: Path
    record: Record
    shown: KeptReport

    @property
    def at(self) -> datetime:
        """When it was recorded (UTC)."""
        return datetime.fromisoformat(self.record.at)

    @property
    def languages(self) -> list[Language]:
        """The languages of its pages."""
        return [code for code in sorted(languages()) if page_file(self.folder, code).exists()]

    def page(self, language: Language) -> bytes | None:
        """The page in a language, else in the first there is; None if it is not as recorded."""
        there = self.languages
        if not there:
            return None
        file = page_file(self.folder, language if language in there else there[0])
        content = _content(file)
        return content if content and _hash(content) in _hashes(self.record) else None


def page_file(folder: Path, language: Language) -> Path:
    """The page of a kept report in a language."""
    return folder / f"report.{language}.html"


def last_report(home: Path, office: str, records: Iterable[Record]) -> Reported | None:
    """The newest report on an office that is kept as one of these records says, newest first."""
    recorded: dict[str, Record] = {}
    for record in records:
        for hashed in _hashes(record):
            recorded.setdefault(hashed, record)
    found = (
        Reported(file.parent, recorded[hashed], shown)
        for file, hashed, shown in _kept(home)
        if hashed in recorded and shown.office == office
    )
    return max(found, key=lambda one: one.record.number, default=None)


def _kept(home: Path) -> Iterator[tuple[Path, str, KeptReport]]:
    """Of each folder what pages show of it and its hash; without those that hold no report."""
    files = sorted(_files(home / REPORTS), key=lambda one: one[1], reverse=True)
    for file, changed, size in files[:MOST]:
        read = _read(file, changed, size)
        if read is not None:
            yield (file, *read)


def _files(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """The files that pages show, with when each was changed (ns) and how large it is (bytes)."""
    for file in folder.glob(f"*/{SHOWN}"):
        try:
            status = file.stat()
        except OSError:
            continue
        yield file, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=MOST)
def _read(file: Path, _changed: int, _size: int) -> tuple[str, KeptReport] | None:
    """What is in a file, read again where it was changed; None if it is no kept report."""
    content = _content(file)
    try:
        return (_hash(content), KeptReport.model_validate_json(content)) if content else None
    except ValidationError:
        return None


def _content(file: Path) -> bytes | None:
    try:
        if file.stat().st_size > LARGEST:
            return None
        return file.read_bytes()
    except OSError:
        return None


def _hash(content: bytes) -> str:
    return stream_digest(Domain.FILE, BytesIO(content))


def _hashes(record: Record) -> frozenset[str]:
    files = record.content.get("files")
    return frozenset(map(str, files.values())) if isinstance(files, Mapping) else frozenset()
