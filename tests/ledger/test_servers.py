"""A ledger in PostgreSQL: who may do what, and what is said where it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from ledger.ledger import Entry, Ledger
from ledger.records import Kind
from ledger.store.faults import Unusable
from ledger.verifying import verify

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
DOCUMENT = Path(__file__).parents[2] / "docs" / "ledger.md"


def carried_out(url: str, *statements: str) -> None:
    """Carry out statements as the owner."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def documented_rights() -> list[str]:
    """The statements that docs/ledger.md gives to who runs the server."""
    _before, _start, rest = DOCUMENT.read_text("utf-8").partition("```sql\n")
    return [statement for statement in rest.partition("```")[0].split(";\n") if statement.strip()]


@pytest.fixture
def clerk(url: str, ledger: Ledger) -> Iterator[str]:
    """The URL for a role that the document gives its rights."""
    carried_out(url, *documented_rights())
    yield make_url(url).set(username="plumbline").render_as_string(hide_password=False)
    ledger.close()
    carried_out(url, "DROP OWNED BY plumbline", "DROP ROLE plumbline")


def test_a_role_that_may_only_append(clerk: str, tmp_path: Path) -> None:
    """It writes, reads, signs and verifies; the server refuses it everything else."""
    with Ledger.at(tmp_path, clerk) as ledger:
        ledger.append(Entry(Kind.PLAN, {}, {"reason": "as agreed"}))
        assert verify(clerk, ledger.checkpoint()).bad is None
        with pytest.raises(Unusable, match="may not do that"):
            ledger.erase(2, "reason")
    for refused in ("UPDATE records SET kind = 'x'", "DELETE FROM records", "DROP TABLE records"):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            carried_out(clerk, refused)


def test_a_role_without_rights(clerk: str, url: str, tmp_path: Path) -> None:
    """It is told, and what to do."""
    carried_out(url, "REVOKE INSERT ON records FROM plumbline")
    with Ledger.at(tmp_path, clerk) as ledger, pytest.raises(Unusable, match="may not do that"):
        ledger.append(Entry(Kind.PLAN, {}))


def test_tables_of_another_version(url: str, ledger: Ledger, tmp_path: Path) -> None:
    """Those of a newer program are left alone."""
    carried_out(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unusable, match="newer version"):
        Ledger.at(tmp_path, url)


def test_a_server_that_cannot_be_used(url: str, tmp_path: Path) -> None:
    """Each in a sentence that shows nothing of the URL."""
    away = make_url(url).set(query={"host": str(tmp_path)})
    for wrong, said in (
        (away, "the server does not answer"),
        (make_url(url).set(database="nothing"), "refuses the user, the password or the database"),
        (make_url(url).set(username="nobody"), "refuses the user, the password or the database"),
        (make_url(url).set(drivername="mysql"), "not the URL of a PostgreSQL database"),
    ):
        with pytest.raises(Unusable, match=said) as refused:
            Ledger.at(tmp_path, wrong.set(password="secret").render_as_string(hide_password=False))  # noqa: S106
        assert "secret" not in str(refused.value)
    with pytest.raises(Unusable, match="not the URL"):
        Ledger.at(tmp_path, "my secret")
