"""What MLflow keeps in its own file is read as MLflow gives it."""

from __future__ import annotations

from pathlib import Path

from models.embedded_store import folder_of, read


def test_what_is_no_store_is_left_to_mlflow(tmp_path: Path) -> None:
    """A file that is something else, or is not there."""
    other = tmp_path / "mlflow.db"
    other.write_bytes(b"no database" * 100)
    assert read(other, "name") is None
    assert read(tmp_path / "nothing.db", "name") is None
    assert not (tmp_path / "nothing.db").exists()


def test_only_a_folder_of_this_machine_is_one() -> None:
    """Else MLflow fetches the files."""
    assert folder_of("file:///a%20b/c") == Path("/a b/c")
    assert folder_of("s3://bucket/a") is None
    assert folder_of("file://server/a") is None
    assert folder_of("/a") is None
