"""The file itself refuses what an append-only journal must refuse, whoever connects."""

import sqlite3

import pytest

from kiosk.domain.errors import JournalError
from kiosk.journal import Journal, schema
from kiosk.journal.database import JOURNAL_FILE, reader_engine, writer_engine
from kiosk.journal.verify import verify
from tests.journal.support import fill

COLUMNS = "epoch, seq, prev_hash, hash, payload, signature, once_key"
FORGED = "1, 3, x'00', x'00', x'00', x'00'"

REFUSED = {
    "update": "UPDATE entry SET payload = x'00' WHERE seq = 3",
    "update of nothing that matters": "UPDATE entry SET once_key = once_key",
    "update or replace": "UPDATE OR REPLACE entry SET seq = 4 WHERE seq = 3",
    "delete": "DELETE FROM entry WHERE seq = 3",
    "delete of all": "DELETE FROM entry",
    "insert or replace": f"INSERT OR REPLACE INTO entry VALUES ({FORGED}, NULL)",
    "replace by the key of a sale": (
        "REPLACE INTO entry VALUES (1, 99, x'00', x'00', x'00', x'00', 'sale visit-0')"
    ),
    "upsert": (
        f"INSERT INTO entry ({COLUMNS}) VALUES ({FORGED}, NULL)"
        " ON CONFLICT (epoch, seq) DO UPDATE SET payload = excluded.payload"
    ),
    "insert or ignore": f"INSERT OR IGNORE INTO entry VALUES ({FORGED}, NULL)",
    "insert of an earlier number": (
        "INSERT INTO entry VALUES (1, 0, x'00', x'00', x'00', x'00', NULL)"
    ),
    "update of the key": "UPDATE epoch SET public_key = x'00'",
    "delete of the epoch": "DELETE FROM epoch",
    "replace of the epoch": "REPLACE INTO epoch VALUES (1, 'x', x'00', x'00')",
}


@pytest.fixture
def closed(directory):
    journal = Journal.open(directory)
    fill(journal)
    journal.close()
    return directory


@pytest.mark.parametrize("recursive", [0, 1], ids=["plain", "recursive triggers"])
@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_file_refuses(closed, statement, recursive):
    connection = sqlite3.connect(closed / JOURNAL_FILE, isolation_level=None)
    connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    before = connection.execute("SELECT * FROM entry").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="is for ever"):
        connection.execute(statement)
    assert connection.execute("SELECT * FROM entry").fetchall() == before
    connection.close()
    assert verify(closed).ok


@pytest.mark.parametrize("name", schema.PROTECTIONS)
def test_a_protection_that_was_dropped_is_found_at_the_next_start(closed, name):
    kind = schema.PROTECTIONS[name].split()[1].replace("UNIQUE", "INDEX")
    _execute(closed, f"DROP {kind} {name}")
    with pytest.raises(JournalError, match=f"{name} is missing.*tell the coordinator"):
        Journal.open(closed)
    assert [name in fault for fault in verify(closed).file_faults] == [True]


def test_a_protection_that_was_weakened_is_found_at_the_next_start(closed):
    weak = "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry WHEN 0 BEGIN SELECT 1; END"
    _execute(closed, "DROP TRIGGER entry_no_update", weak)
    with pytest.raises(JournalError, match="entry_no_update was changed"):
        Journal.open(closed)


def test_every_connection_of_ours_has_its_pragmas(closed):
    path = closed / JOURNAL_FILE
    with writer_engine(path).connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "recursive_triggers", "secure_delete")
        }
    assert asked == {
        "journal_mode": "truncate",
        "synchronous": 2,
        "recursive_triggers": 1,
        "secure_delete": 1,
    }
    with reader_engine(path).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA recursive_triggers").scalar_one() == 1


def test_a_file_that_another_program_put_into_wal_mode_is_set_back_or_refused(closed):
    _execute(closed, "PRAGMA journal_mode = WAL")
    journal = Journal.open(closed)
    journal.close()
    assert not (closed / f"{JOURNAL_FILE}-wal").exists()
    assert verify(closed).ok


def _execute(directory, *statements):
    connection = sqlite3.connect(directory / JOURNAL_FILE, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()
