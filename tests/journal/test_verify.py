"""Whatever is changed in a stored journal behind its back, the walk finds it."""

import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import keys
from kiosk.domain import chain
from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.rebuild import rebuild
from kiosk.journal.verify import verify
from tests.journal.support import fill, sale, surgery

COUNT = 8


@pytest.fixture
def closed(directory):
    journal = Journal.open(directory)
    fill(journal)
    journal.close()
    return directory


def test_a_journal_left_alone_is_in_order(closed):
    report = verify(closed)
    assert report.ok
    assert report.entry_count == COUNT
    assert [head.seq for head in report.heads] == [COUNT]


@pytest.mark.parametrize("seq", [1, 4, COUNT])
@pytest.mark.parametrize(
    "change",
    [
        "epoch = 2",
        "seq = seq + 100",
        "prev_hash = randomblob(32)",
        "prev_hash = x''",
        "hash = randomblob(32)",
        "hash = x'00'",
        "payload = payload || ' '",
        "payload = replace(payload, '1', '2')",
        "payload = x''",
        "signature = randomblob(64)",
        "signature = x'00'",
        "once_key = 'sale another'",
    ],
)
def test_a_change_of_any_field_is_found_and_named(closed, change, seq):
    with surgery(closed) as connection:
        connection.execute(f"UPDATE entry SET {_blobs(change)} WHERE seq = {seq}")
    report = verify(closed)
    assert not report.entries_ok
    named = {fault.seq for fault in report.entry_faults}
    assert named & {seq, seq + 1, seq + 100}


@pytest.mark.parametrize("seq", [1, 4])
def test_an_entry_taken_out_is_found(closed, seq):
    with surgery(closed) as connection:
        connection.execute(f"DELETE FROM entry WHERE seq = {seq}")
    report = verify(closed)
    assert "gap" in report.entry_faults[0].what
    assert report.entry_faults[0].seq == seq + 1


def test_entries_taken_off_the_end_leave_the_totals_ahead_of_them(closed):
    with surgery(closed) as connection:
        connection.execute("DELETE FROM entry WHERE seq > 6")
    report = verify(closed)
    assert report.entries_ok
    assert "the totals stand at entry 1/8, the journal at 1/6" in report.fold_faults


@pytest.mark.parametrize(
    "change",
    [
        "kiosk_id = '0123456789abcdef'",
        "public_key = randomblob(32)",
        "link_hash = randomblob(32)",
        "epoch = 2",
    ],
)
def test_a_change_of_the_epochs_row_is_found(closed, change):
    with surgery(closed) as connection:
        connection.execute(f"UPDATE epoch SET {change}")
    report = verify(closed)
    assert report.file_faults
    assert report.entry_faults
    with pytest.raises(JournalError):
        Journal.open(closed)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE fold SET expected_tenge = expected_tenge + 1",
        "UPDATE fold SET box_known = 0",
        "UPDATE fold SET seq = 3",
        "DELETE FROM fold",
        "UPDATE box_piece SET count = count + 1",
        "DELETE FROM box_piece WHERE denomination = 'n500'",
        "INSERT INTO box_piece VALUES ('c5', 1)",
        "UPDATE stock SET quantity = 0",
        "DELETE FROM day",
        "UPDATE day SET qr_tenge = 10",
        "UPDATE day SET day = '2020-01-01'",
    ],
)
def test_totals_that_were_changed_are_found_and_rebuilt(closed, change):
    with surgery(closed) as connection:
        connection.execute(change)
    report = verify(closed)
    assert report.entries_ok
    assert report.fold_faults
    assert not report.ok
    rebuilt = rebuild(closed)
    assert rebuilt.differences == report.fold_faults
    assert verify(closed).ok


def test_a_journal_forged_with_another_key_is_found(closed):
    stranger = Ed25519PrivateKey.generate()
    with surgery(closed) as connection:
        kiosk_id, head = _head(connection)
        made = chain.make_entry(stranger, kiosk_id, head, b'{"type":"boot"}')
        connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (1, made.seq, made.prev_hash, made.hash, made.payload, made.signature),
        )
    whats = [fault.what for fault in verify(closed).entry_faults if fault.seq == COUNT + 1]
    assert "was not signed by this kiosk" in whats
    with pytest.raises(JournalError, match="was not signed"):
        Journal.open(closed)


def test_a_last_entry_that_was_changed_stops_the_start(closed):
    with surgery(closed) as connection:
        connection.execute(f"UPDATE entry SET payload = x'7b7d' WHERE seq = {COUNT}")
    with pytest.raises(JournalError, match=r"last entry 1/8 was changed.*journal verify"):
        Journal.open(closed)


def test_a_page_that_was_overwritten_is_damage_and_is_not_rebuilt(closed):
    path = closed / JOURNAL_FILE
    raw = bytearray(path.read_bytes())
    page = _root_page_of(path, "entry_once")
    raw[(page - 1) * 4096 + 8 : page * 4096] = b"\x5a" * (4096 - 8)
    path.write_bytes(raw)
    report = verify(closed)
    assert report.damage
    assert rebuild(closed).differences == ()
    assert path.read_bytes() == raw


def test_rebuild_puts_protections_back_and_leaves_a_broken_chain_alone(closed):
    with surgery(closed):
        pass
    connection = sqlite3.connect(closed / JOURNAL_FILE)
    connection.execute("DROP TRIGGER entry_no_delete")
    connection.commit()
    assert rebuild(closed).restored == ("entry_no_delete",)
    Journal.open(closed).close()
    connection.execute("DROP TRIGGER entry_no_update")
    connection.execute("UPDATE entry SET payload = x'00' WHERE seq = 2")
    connection.commit()
    connection.close()
    before = (closed / JOURNAL_FILE).read_bytes()
    assert rebuild(closed).restored == ()
    assert (closed / JOURNAL_FILE).read_bytes() == before


def test_rebuild_waits_for_the_kiosk_to_be_stopped(journal, directory):
    with pytest.raises(JournalError, match="Stop it first"):
        rebuild(directory)


def test_a_running_kiosk_can_be_verified_while_it_writes(journal, directory):
    fill(journal)
    futures = [journal.append(sale(f"more-{n}")) for n in range(100)]
    report = verify(directory)
    assert report.ok, report
    assert report.entry_count >= COUNT
    assert futures[-1].result(20)
    assert verify(directory).entry_count == COUNT + 100


def test_progress_reaches_the_number_of_entries(closed):
    seen = []
    verify(closed, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (COUNT, COUNT)


def test_a_directory_without_a_journal_stays_without(tmp_path):
    with pytest.raises(JournalError, match="no journal"):
        verify(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_copied_journal_can_be_verified_without_its_key(closed, tmp_path):
    (tmp_path / JOURNAL_FILE).write_bytes((closed / JOURNAL_FILE).read_bytes())
    assert verify(tmp_path).ok


def test_a_journal_beside_a_strangers_identity_is_named(closed, tmp_path):
    keys.save_identity(tmp_path, keys.first_identity(tmp_path))
    (tmp_path / JOURNAL_FILE).write_bytes((closed / JOURNAL_FILE).read_bytes())
    assert "not the one that wrote it" in verify(tmp_path).file_faults[0]
    with pytest.raises(JournalError, match="not the journal of the identity"):
        Journal.open(tmp_path)


def _blobs(change):
    """Text operators give text; the strict table wants the blob back."""
    name, _, value = change.partition(" = ")
    return f"{name} = CAST({value} AS BLOB)" if name == "payload" else change


def _head(connection):
    (kiosk_id,) = connection.execute("SELECT kiosk_id FROM epoch").fetchone()
    seq, digest = connection.execute(
        "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return kiosk_id, chain.Head(1, seq, digest)


def _root_page_of(path, name):
    connection = sqlite3.connect(path)
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
    ).fetchone()
    connection.close()
    return page
