"""PostgreSQL appends by itself, SQLite refuses gaps, a text beside a record does not change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

SQLITE = (
    """
CREATE TRIGGER records_INSERT BEFORE INSERT ON records
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM records)
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END
""",
    """
CREATE TRIGGER beside_UPDATE BEFORE UPDATE ON beside
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END
""",
)
# The lock of the one writer, and the form of a line, are those of `ledger/store/database.py` and
# `ledger/records.py`. A snapshot is taken for each statement, so that the last record is the last
# one once the lock is held.
FUNCTION = r"""
CREATE FUNCTION append_records(
    kinds text[], contents text[], now text,
    beside_of integer[], names text[], salts text[], texts text[]
) RETURNS SETOF bytea LANGUAGE plpgsql AS $$
DECLARE
    last_number bigint;
    last_line bytea;
    before text;
    at text;
    first bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM set_config('lock_timeout', '30s', true);
    PERFORM pg_advisory_xact_lock(482855972194);
    SELECT number, line INTO last_number, last_line FROM records ORDER BY number DESC LIMIT 1;
    last_number := coalesce(last_number, 0);
    first := last_number;
    at := greatest(now COLLATE "C", convert_from(substr(last_line, 29, 27), 'UTF8') COLLATE "C");
    IF at !~ '^[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}\.[0-9]{6}Z$' THEN
        RAISE EXCEPTION 'the last record is damaged';
    END IF;
    FOR i IN 1 .. cardinality(kinds) LOOP
        before := coalesce(
            encode(sha256('plumbline ledger record v1\012'::bytea || last_line), 'hex'),
            repeat('0', 64)
        );
        last_number := last_number + 1;
        last_line := convert_to(
            '{"algorithm":"sha256","at":"' || at || '","content":' || contents[i]
            || ',"kind":"' || kinds[i] || '","number":' || last_number
            || ',"previous":"' || before || '"}',
            'UTF8'
        );
        INSERT INTO records (number, previous, kind, line)
        VALUES (last_number, before, kinds[i], last_line);
        RETURN NEXT last_line;
    END LOOP;
    INSERT INTO beside (number, name, salt, text)
    SELECT first + t.of_entry, t.name, t.salt, t.text
    FROM unnest(beside_of, names, salts, texts) AS t (of_entry, name, salt, text);
END $$
"""
# The lock is free after the first commit, which waits for nothing; the second one, of a message
# that nobody reads, waits until both are on the disk.
PROCEDURE = """
CREATE PROCEDURE append_durably(
    kinds text[], contents text[], now text,
    beside_of integer[], names text[], salts text[], texts text[], INOUT lines bytea[]
) LANGUAGE plpgsql AS $$
BEGIN
    lines := ARRAY(
        SELECT append_records(kinds, contents, now, beside_of, names, salts, texts)
    );
    COMMIT;
    PERFORM pg_logical_emit_message(true, 'ledger', '');
END $$
"""


def upgrade() -> None:
    """Make what appends, and refuse what would leave a gap or put another text beside a record."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(sa.text(statement))
        return
    op.get_bind().exec_driver_sql(FUNCTION)
    op.get_bind().exec_driver_sql(PROCEDURE)
    op.execute(
        "CREATE TRIGGER beside_kept BEFORE UPDATE ON beside "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
