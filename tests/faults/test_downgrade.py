"""What the faults brought to light about going back to an older program."""

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk import keys
from kiosk.domain import chain
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from tests.journal.support import fill, sale

NEWER = b'{"type":"robbery","v":1,"at_ms":1795000000000,"boot":"b","mono_ms":1}'


def test_totals_are_folded_anew_around_what_a_newer_program_wrote(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    fill(journal)
    head, expected_tenge = journal.head(), journal.ledger.box.expected_tenge
    journal.close()
    identity = keys.load_identity(tmp_path)
    assert identity is not None
    made = chain.make_entry(identity.key, identity.kiosk_id, head, NEWER)
    with closing(sqlite3.connect(tmp_path / JOURNAL_FILE)) as connection, connection:
        connection.execute(
            "INSERT INTO entry VALUES (1, ?, ?, ?, ?, ?, NULL)",
            (made.seq, made.prev_hash, made.hash, made.payload, made.signature),
        )
    journal = Journal.open(tmp_path)
    assert journal.ledger.box.expected_tenge == expected_tenge
    assert journal.append(sale("after")).result(20).seq == made.seq + 1
    journal.close()
