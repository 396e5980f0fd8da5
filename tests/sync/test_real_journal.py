"""One contract for all journals: the one in memory of these tests, the one on disk, the one in a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk import keys
from kiosk.domain.entries import HelpCall
from kiosk.journal import Journal
from kiosk.journal.export import line_of
from sync import enrolment, journalfile
from sync.centre import Centre
from sync.client import State, Uploader, UploaderSettings
from sync.ports import EntrySource
from sync.server import suggestions
from sync.server.schema import suggestion_text
from sync.session import Session
from tests.sync.harness import MemoryJournal, RunningServer, sale, wait_until
from tests.sync.test_upload import held

QUICK = UploaderSettings(interval_s=0.05, backoff_s_min=0.01, backoff_s_max=0.05)


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "kiosk")
    yield journal
    journal.close()


def in_memory(_tmp_path: Path) -> EntrySource:
    journal = MemoryJournal()
    journal.add_sales(5)
    return journal


def in_a_file(tmp_path: Path) -> EntrySource:
    journal = MemoryJournal()
    journal.add_sales(5)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(line_of(entry) + b"\n" for entry in journal.entries))
    return journalfile.FileJournal([line.entry for line in journalfile.read_file(path)])


def in_a_database(tmp_path: Path) -> EntrySource:
    journal = Journal.open(tmp_path / "kiosk")
    while journal.head().seq < 5:
        journal.append(HelpCall("start", "kk")).result(10)
    return journal


@pytest.mark.parametrize("make", [in_memory, in_a_file, in_a_database])
def test_a_source_gives_its_entries_in_order_after_any_of_them(
    make: Callable[[Path], EntrySource], tmp_path: Path
) -> None:
    source = make(tmp_path)
    head = source.head()
    every = source.read_since(1, 0, 200)
    assert [entry.seq for entry in every] == [1, 2, 3, 4, 5]
    assert {(e.kiosk_id, e.epoch) for e in every} == {(source.identity.kiosk_id, head.epoch)}
    assert every[-1].head == head
    assert list(source.read_since(1, 3, 200)) == list(every[3:])
    assert list(source.read_since(1, 1, 2)) == list(every[1:3])
    assert list(source.read_since(1, 5, 200)) == []
    assert list(source.pending_suggestions(20)) == []
    if isinstance(source, Journal):
        source.close()


def test_the_kiosks_own_journal_reaches_the_centre(server: RunningServer, on_disk: Journal) -> None:
    given = enrolment.enrol(
        server.url,
        server.code(),
        kiosk_id=on_disk.identity.kiosk_id,
        epoch=on_disk.identity.epoch,
        key=on_disk.identity.key,
        software="adal test",
    )
    uploader = Uploader(on_disk, given, QUICK)
    uploader.start()
    for number in range(30):
        on_disk.append(sale(number), f"checkout-{number}").result(10)
        uploader.nudge()
    on_disk.append_suggestion("Суы суық болса екен", "kk").result(10)
    uploader.nudge()
    wait_until(lambda: uploader.status.state is State.IN_STEP and uploader.backlog == 0)
    wait_until(lambda: not on_disk.pending_suggestions())
    uploader.stop()
    kept = [(e.epoch, e.seq, e.hash, e.payload) for e in on_disk.entries()]
    assert held(server) == kept
    [words] = server.store.read(lambda c: c.execute(select(suggestion_text)).all())
    digest = suggestions.text_sha256(words.salt, words.body)
    assert any(digest.encode() in payload for _, _, _, payload in kept)


def test_a_kiosk_that_enrols_again_goes_on_in_its_new_epoch(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    server, folder = sqlite_server, tmp_path / "kiosk"
    journal = Journal.open(folder)
    identity = journal.identity

    def enrol(key: object) -> enrolment.Enrolment:
        return enrolment.enrol(
            server.url, server.code(), kiosk_id=identity.kiosk_id,
            epoch=journal.identity.epoch, key=key, software="adal test",
        )  # fmt: skip

    def push(given: enrolment.Enrolment) -> None:
        with Centre(server.url, given.token) as centre:
            session = Session(journal, centre, on_acked=lambda epoch, seq: None)
            session.push_all(session.ask_mark())

    given = enrol(identity.key)
    journal.append(HelpCall("start", "kk")).result(10)
    push(given)
    given = enrol(keys.prepare_epoch_key(folder))
    journal.close()
    keys.start_epoch(folder, given.epoch, bytes.fromhex(given.link_hash))
    journal = Journal.open(folder)
    journal.append(HelpCall("start", "kk")).result(10)
    push(given)
    assert journal.head().epoch == 2
    kept = [(e.epoch, e.seq, e.hash, e.payload) for e in journal.entries()]
    journal.close()
    assert held(server) == kept
