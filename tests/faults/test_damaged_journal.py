"""What the faults brought to light about damaged files: values that SQLite would never have taken."""

import base64
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk import keys
from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.verify import verify
from tests.journal.support import fill, surgery


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    journal = Journal.open(tmp_path)
    fill(journal)
    journal.close()
    return tmp_path


def damage(directory: Path, table: str, statement: str) -> None:
    """Puts something into a strict table that does not belong there, as a bad block does."""
    with closing(sqlite3.connect(directory / JOURNAL_FILE)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        loose = "replace(replace(sql, 'STRICT', ''), 'NOT NULL', '')"
        connection.execute(
            f"UPDATE sqlite_master SET sql = rtrim(trim({loose}), ',') WHERE name = ?", (table,)
        )
        sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,))
        without = sql.fetchone()[0].replace("WITHOUT ROWID,", "WITHOUT ROWID")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (without, table))
        connection.commit()
    with surgery(directory) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("stock", "UPDATE stock SET quantity = NULL"),
        ("stock", "UPDATE stock SET quantity = 'many'"),
        ("box_piece", "UPDATE box_piece SET denomination = 'x' WHERE count > 40"),
        ("fold", "UPDATE fold SET expected_tenge = x'00'"),
        ("day", "UPDATE day SET sales = NULL"),
    ],
)
def test_totals_that_cannot_be_read_are_named_and_folded_anew(
    directory: Path, table: str, statement: str
) -> None:
    whole = verify(directory).ledger
    damage(directory, table, statement)
    assert verify(directory).fold_faults
    journal = Journal.open(directory)
    ledger = journal.ledger
    journal.close()
    assert (ledger.box, ledger.stock, ledger.days) == (whole.box, whole.stock, whole.days)


@pytest.mark.parametrize("column", ["payload", "hash", "signature"])
def test_a_row_that_holds_no_entry_is_damage_in_words(directory: Path, column: str) -> None:
    damage(directory, "entry", f"UPDATE entry SET {column} = NULL WHERE seq = 8")
    for read in (verify, Journal.open):
        with pytest.raises(JournalError, match=r"damaged: a row holds no entry"):
            read(directory)


def test_a_schema_that_is_no_text_is_damage_in_words(directory: Path) -> None:
    file = directory / JOURNAL_FILE
    content = file.read_bytes()
    file.write_bytes(content.replace(b"TRIGGER entry_no_delete", b"TR\xc9GGER entry_no_delete", 1))
    for read in (verify, Journal.open):
        with pytest.raises(JournalError, match="damaged"):
            read(directory)


@pytest.mark.parametrize("oid", [b"\x2b\x45\x6f", b"\x2b\x65\x6f", b"\x00\x00\x00"])
def test_a_key_of_no_known_kind_is_damage_in_words(directory: Path, oid: bytes) -> None:
    file = directory / keys.key_file(1)
    begin, *lines, end = file.read_bytes().splitlines()
    content = base64.b64decode(b"".join(lines)).replace(b"\x2b\x65\x70", oid, 1)
    file.write_bytes(b"\n".join([begin, base64.b64encode(content), end, b""]))
    with pytest.raises(JournalError, match=r"key .* (is damaged|holds no Ed25519 key)"):
        Journal.open(directory)
