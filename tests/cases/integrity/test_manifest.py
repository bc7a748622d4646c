"""A folder's manifest: whole or known as half-written, and every change of a file is found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.errors import BadInput, Refused
from cases.integrity import manifest as module
from cases.integrity.manifest import (
    MANIFEST,
    UNFINISHED,
    check_folder,
    check_new_folder,
    differences,
    has_manifest,
    read_manifest,
    write_folder,
)

CONTENTS = {"plan.csv": b"rank,case_id\n1,a\n", "plan.json": b"{}\n", "frame.parquet": b"\x00PAR"}


def writers(contents: Mapping[str, bytes]) -> dict[str, Callable[[Path], object]]:
    """What writes each of the files."""

    def writer(content: bytes) -> Callable[[Path], object]:
        return lambda path: path.write_bytes(content)

    return {name: writer(content) for name, content in contents.items()}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A complete folder."""
    write_folder(tmp_path / "plan", writers(CONTENTS), {"made_by": "0.1.0"})
    return tmp_path / "plan"


def said(folder: Path, published: str | None = None) -> list[str]:
    """The differences in English."""
    return [problem.say("en") for problem in differences(folder, published)]


def test_a_folder_is_what_was_written(kept: Path) -> None:
    """Its files, and a manifest that can be read back."""
    manifest = read_manifest(kept)
    assert {path.name for path in kept.iterdir()} == {MANIFEST, *CONTENTS}
    assert {name: (kept / name).read_bytes() for name in CONTENTS} == CONTENTS
    assert (manifest.about, set(manifest.files)) == ({"made_by": "0.1.0"}, set(CONTENTS))
    assert check_folder(kept, f" {manifest.hash.upper()}\n") == manifest
    assert has_manifest(kept)


def _delete(folder: Path) -> None:
    (folder / "plan.csv").unlink()


def _link(folder: Path) -> None:
    (folder / "plan.csv").rename(folder.parent / "elsewhere.csv")
    (folder / "plan.csv").symlink_to(folder.parent / "elsewhere.csv")


def _pipe(folder: Path) -> None:
    (folder / "plan.csv").unlink()
    os.mkfifo(folder / "plan.csv")


def _folder(folder: Path) -> None:
    (folder / "plan.csv").unlink()
    (folder / "plan.csv").mkdir()


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "other content": (
        lambda folder: (folder / "plan.json").write_bytes(b"[]\n"),
        "plan.json has other content than was written.",
    ),
    "a longer file": (
        lambda folder: (folder / "plan.json").write_bytes(b"{ }\n"),
        "plan.json has 4 bytes instead of 3.",
    ),
    "a missing file": (_delete, "plan.csv is missing."),
    "a further file": (
        lambda folder: (folder / "new.csv").touch(),
        "new.csv is not in the manifest.",
    ),
    "a further folder": (
        lambda folder: (folder / "new").mkdir(),
        "new is not in the manifest.",
    ),
    "a name that would write over the line": (
        lambda folder: (folder / "a\r\x1b[2K").touch(),
        "a  [2K is not in the manifest.",
    ),
    "a link to the same content": (_link, "plan.csv is not a plain file that can be read."),
    "a pipe": (_pipe, "plan.csv is not a plain file that can be read."),
    "a folder": (_folder, "plan.csv is not a plain file that can be read."),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found_and_named(kept: Path, name: str) -> None:
    """Each of these alone."""
    change, sentence = CHANGES[name]
    change(kept)
    assert said(kept) == [sentence]
    with pytest.raises(Refused, match="plan is not as it was written: "):
        check_folder(kept)


def test_all_changes_are_listed(kept: Path) -> None:
    """Not the first alone."""
    (kept / "plan.json").write_bytes(b"[]\n")
    (kept / "plan.csv").unlink()
    assert [sentence.split()[0] for sentence in said(kept)] == ["plan.csv", "plan.json"]


def test_a_renewed_manifest_is_found_by_its_published_hash_alone(kept: Path) -> None:
    """Whoever changes a file can renew the manifest; who knows the hash sees it."""
    published = read_manifest(kept).hash
    for path in kept.iterdir():
        path.unlink()
    write_folder(kept, writers(CONTENTS | {"plan.csv": b"rank,case_id\n1,b\n"}), {})
    assert said(kept) == []
    assert said(kept, published) == ["manifest.json is not the one whose hash was published."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        "{}",
        '{"format": 2, "about": {}, "files": {}}',
        '{"format": 1, "about": {}, "files": {"../plan.csv": {"size": 1, "sha256": "' + "a" * 64,
        '{"format": 1, "about": {}, "files": {}, "more": 1}',
        '{"format": 1, "about": {"n": NaN}, "files": {}}',
        '{"format": 1, "about": {"n": "\\ud800"}, "files": {}}',
        '{"about": {}, "files": {}, "format": 1}\n',
        "\ufeff{}",
        " " * 1_000_001,
    ],
)
def test_a_manifest_that_was_not_written_here_is_refused(kept: Path, text: str) -> None:
    """In one sentence, whatever stands in it."""
    (kept / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(BadInput, match=r"manifest\.json: is not a manifest"):
        differences(kept)


@pytest.mark.parametrize("name", ["../plan.csv", "/etc/hostname", "a/b", "", ".", "..", "-x"])
def test_a_manifest_names_files_of_its_folder_alone(kept: Path, name: str) -> None:
    """Nothing in it makes a reader open another file."""
    plain = json.loads((kept / MANIFEST).read_text("utf-8"))
    plain["files"][name] = plain["files"].pop("plan.csv")
    text = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (kept / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(BadInput, match="is not a manifest"):
        differences(kept)


def test_every_way_of_writing_it_but_one_is_refused(kept: Path) -> None:
    """So that even a blank in the manifest counts as a change."""
    text = (kept / MANIFEST).read_text("utf-8")
    for other in (
        text.rstrip(),
        text + "\n",
        text.replace(": ", ":  "),
        text.replace("\n", "\r\n"),
    ):
        (kept / MANIFEST).write_bytes(other.encode())
        with pytest.raises(BadInput, match="is not a manifest"):
            read_manifest(kept)


def test_a_link_is_not_a_manifest(kept: Path) -> None:
    """Not even to the right one."""
    (kept / MANIFEST).rename(kept.parent / MANIFEST)
    (kept / MANIFEST).symlink_to(kept.parent / MANIFEST)
    with pytest.raises(BadInput, match="is not a manifest"):
        read_manifest(kept)


def test_a_folder_without_a_manifest_is_known(tmp_path: Path) -> None:
    """As an earlier version wrote it, or not there at all."""
    assert not has_manifest(tmp_path)
    with pytest.raises(BadInput, match=r"manifest\.json: is not there\."):
        read_manifest(tmp_path)


def _stop(path: Path) -> None:
    path.write_bytes(b"half")
    raise KeyboardInterrupt


def test_a_half_written_folder_is_known_and_can_be_written_again(tmp_path: Path) -> None:
    """It never looks complete, and what is written again is whole."""
    folder = tmp_path / "plan"
    with pytest.raises(KeyboardInterrupt):
        write_folder(folder, writers(CONTENTS) | {"plan.json": _stop})
    assert (folder / "plan.csv").exists()
    assert has_manifest(folder)
    with pytest.raises(BadInput, match=r"stopped halfway\. Run the command again"):
        read_manifest(folder)
    check_new_folder(folder, CONTENTS)
    write_folder(folder, writers(CONTENTS))
    assert said(folder) == []
    assert not (folder / UNFINISHED).exists()


def test_what_an_attempt_left_and_the_next_does_not_write_is_removed(tmp_path: Path) -> None:
    """An intake without handlers writes fewer files than one with them."""
    (tmp_path / UNFINISHED).touch()
    (tmp_path / "loads.csv").touch()
    with pytest.raises(BadInput, match=r"already holds something \(loads.csv\)"):
        write_folder(tmp_path, writers(CONTENTS))
    write_folder(tmp_path, writers(CONTENTS), leftovers=["loads.csv", "plan.csv"])
    assert said(tmp_path) == []
    assert not (tmp_path / "loads.csv").exists()


def test_writing_again_goes_through_no_link(tmp_path: Path) -> None:
    """A link planted in a half-written folder is replaced, and what it leads to stays."""
    outside, folder = tmp_path / "outside.txt", tmp_path / "plan"
    outside.write_text("mine", "utf-8")
    folder.mkdir()
    (folder / UNFINISHED).touch()
    (folder / "plan.csv").symlink_to(outside)
    write_folder(folder, writers(CONTENTS))
    assert outside.read_text("utf-8") == "mine"
    assert said(folder) == []


def test_a_link_in_place_of_the_mark_is_not_the_mark(tmp_path: Path) -> None:
    """Nothing is written through it."""
    (tmp_path / "plan").mkdir()
    (tmp_path / "outside").touch()
    (tmp_path / "plan" / UNFINISHED).symlink_to(tmp_path / "outside")
    with pytest.raises(BadInput, match="already holds something"):
        write_folder(tmp_path / "plan", writers(CONTENTS))


@pytest.mark.parametrize("there", [(MANIFEST,), ("plan.csv",), ("notes.txt",)])
def test_nothing_is_written_over(tmp_path: Path, there: tuple[str, ...]) -> None:
    """Neither a complete folder nor one of an earlier version nor anything else."""
    for name in there:
        (tmp_path / name).write_text("kept", "utf-8")
    for write in (check_new_folder, lambda folder, _names: write_folder(folder, writers(CONTENTS))):
        with pytest.raises(BadInput, match=f"already holds something .{there[0]}."):
            write(tmp_path, CONTENTS)
    assert [path.name for path in tmp_path.iterdir()] == list(there)


def test_a_half_written_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """Only what the command itself writes is written over."""
    for name in (UNFINISHED, "notes.txt"):
        (tmp_path / name).touch()
    with pytest.raises(BadInput, match=r"already holds something \(notes.txt\)"):
        check_new_folder(tmp_path, CONTENTS)


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"Name a folder that you may write to\."):
        write_folder(tmp_path / "file", writers(CONTENTS))

    def fails(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    with pytest.raises(BadInput, match=r"\(the disk is full\)\. Make room on the disk"):
        write_folder(tmp_path / "new", {"plan.csv": fails})


def test_a_file_beyond_the_bound_is_not_read(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest cannot say that a file is larger than one may be."""
    monkeypatch.setattr(module, "stream_digest", pytest.fail)
    plain = json.loads((kept / MANIFEST).read_text("utf-8"))
    plain["files"]["plan.csv"]["size"] = 2**40
    (kept / MANIFEST).write_text(
        json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )
    with pytest.raises(BadInput, match="is not a manifest"):
        differences(kept)


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,9}", fullmatch=True).filter(
    lambda name: name not in {MANIFEST, UNFINISHED}
)
ABOUT = st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5))


def _is_found(folder: Path, published: str) -> bool:
    try:
        return bool(differences(folder, published))
    except BadInput:
        return True


@settings(max_examples=40)  # each waits for the disk
@given(st.dictionaries(NAMES, st.binary(max_size=50), min_size=1, max_size=4), st.data())
def test_every_changed_byte_is_found(contents: dict[str, bytes], data: st.DataObject) -> None:
    """Of any file, the manifest itself included, by who knows the manifest's hash."""
    with TemporaryDirectory() as parent:
        folder = Path(parent, "kept")
        written = write_folder(folder, writers(contents))
        assert said(folder, written.hash) == []
        path = folder / data.draw(st.sampled_from([MANIFEST, *sorted(contents)]))
        before = path.read_bytes()
        after = data.draw(st.binary(max_size=60).filter(lambda content: content != before))
        path.write_bytes(after)
        assert _is_found(folder, written.hash)


@settings(max_examples=40)
@given(ABOUT)
def test_what_made_it_is_read_back(about: dict[str, object]) -> None:
    """Any JSON value, as it was given."""
    with TemporaryDirectory() as parent:
        folder = Path(parent, "kept")
        written = write_folder(folder, writers(CONTENTS), about)
        assert read_manifest(folder) == written
