"""From a kiosk's journal to the centre, over loopback, on both databases."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from kiosk.domain import chain
from kiosk.domain.entries import HelpCall, Suggestion
from kiosk.domain.errors import RefusedError
from kiosk.domain.products import Product
from sync import wire
from sync.centre import Centre, CentreRefusedError
from sync.client import Hooks, State, SyncStatus, Uploader, UploaderSettings
from sync.enrolment import Enrolment
from sync.server import admin, suggestions
from sync.server.schema import entry, quarantine, shop_day, suggestion_text, watermark
from sync.server.store import Store
from sync.session import ForkedError, Session
from tests.sync.harness import (
    NOW_MS,
    CuttingProxy,
    MemoryJournal,
    RunningServer,
    new_identity,
    sale,
    wait_until,
)

QUICK = UploaderSettings(interval_s=0.05, backoff_s_min=0.01, backoff_s_max=0.05)


def push(journal: MemoryJournal, enrolled: Enrolment, url: str | None = None) -> None:
    with Centre(url or enrolled.server_url, enrolled.token) as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        session.push_all(session.ask_mark())
        session.send_suggestions()


def held(server: RunningServer) -> list[tuple[int, int, bytes, bytes]]:
    query = select(entry.c.epoch, entry.c.seq, entry.c.hash, entry.c.payload).order_by(
        entry.c.epoch, entry.c.seq
    )
    return server.store.read(lambda c: [tuple(row) for row in c.execute(query)])


def sent(journal: MemoryJournal) -> list[tuple[int, int, bytes, bytes]]:
    return [(e.epoch, e.seq, e.hash, e.payload) for e in journal.entries]


def aside(server: RunningServer) -> list[tuple[int, str]]:
    query = select(quarantine.c.seq, quarantine.c.reason).order_by(quarantine.c.seq)
    return server.store.read(lambda c: [tuple(row) for row in c.execute(query)])


@contextmanager
def uploading(
    journal: MemoryJournal, enrolled: Enrolment, settings: UploaderSettings = QUICK
) -> Iterator[tuple[Uploader, list[SyncStatus]]]:
    told: list[SyncStatus] = []
    uploader = Uploader(journal, enrolled, settings, Hooks(on_status=told.append))
    uploader.start()
    try:
        yield uploader, told
    finally:
        uploader.stop()


def test_a_journal_arrives_byte_for_byte(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(3)
    journal.add(HelpCall("basket", "ru"))
    push(journal, enrolled)
    assert held(server) == sent(journal)


def test_sending_everything_again_changes_nothing(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(5)
    push(journal, enrolled)
    with Centre(server.url, enrolled.token) as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        mark = session.ask_mark()
        mark.epochs.clear()
        session.push_all(mark)
    assert held(server) == sent(journal)
    [(sales,)] = server.store.read(lambda c: c.execute(select(shop_day.c.sales)).all())
    assert sales == 5


def test_a_day_is_summed_up_once_in_kazakhstan_time(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    late_ms = int(datetime(2026, 11, 30, 19, 30, tzinfo=UTC).timestamp() * 1000)
    journal.add(sale(1, 200, 3), late_ms)
    journal.add(sale(2, 150), late_ms - 3_600_000)
    push(journal, enrolled)
    rows = server.store.read(
        lambda c: c.execute(
            select(
                shop_day.c.day, shop_day.c.sales, shop_day.c["items"], shop_day.c.cash_tenge
            ).order_by(shop_day.c.day)
        ).all()
    )
    assert [tuple(row) for row in rows] == [
        (date(2026, 11, 30), 1, 1, 150),
        (date(2026, 12, 1), 1, 3, 600),
    ]


def test_a_thousand_sales_queued_offline_arrive_exactly_once(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    server.stop()
    journal.add_sales(1000)

    def cut(number: int, line: bytes) -> bool:
        return b"/journal" in line and number % 2 == 0

    with CuttingProxy(server.port, cut) as proxy:
        through_proxy = Enrolment(
            proxy.url,
            *(getattr(enrolled, name) for name in Enrolment.__struct_fields__[1:]),
        )
        with uploading(journal, through_proxy) as (uploader, told):
            wait_until(lambda: any(s.state is State.OFFLINE for s in told))
            assert uploader.status.backlog == 1000
            server.start()
            wait_until(lambda: uploader.status == told[-1] and told[-1].state is State.IN_STEP)
            assert told[-1].backlog == 0
        assert proxy.cuts >= 2, "the proxy cut no answer"
    assert held(server) == sent(journal)


def test_a_server_that_goes_away_in_the_middle_gets_the_rest_later(
    server: RunningServer,
) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(600)
    away = threading.Event()

    def go_away(epoch: int, seq: int) -> None:
        if seq == 200:
            server.stop()
            away.set()

    with Centre(server.url, enrolled.token) as centre:
        session = Session(journal, centre, on_acked=go_away)
        with pytest.raises(Exception, match="centre"):
            session.push_all(session.ask_mark())
    assert away.is_set()
    server.start()
    push(journal, enrolled)
    assert held(server) == sent(journal)


def test_an_entry_that_cannot_be_read_is_kept_and_the_rest_goes_on(
    server: RunningServer,
) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add(sale(1))
    journal.add_payload(b'{"type":"teleport","v":1}')
    journal.add_payload(b"\xff\xfe not even text")
    journal.add(sale(2))
    push(journal, enrolled)
    assert held(server) == sent(journal)
    query = select(entry.c.seq).where(~entry.c.readable).order_by(entry.c.seq)
    assert server.store.read(lambda c: c.execute(query).scalars().all()) == [2, 3]
    assert server.store.read(lambda c: c.execute(select(shop_day.c.sales)).scalar_one()) == 2


def test_both_branches_of_a_copied_card_are_kept_and_flagged(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(450)
    copied = journal.copy()
    journal.add_sales(300)
    for _ in range(500):
        copied.add(HelpCall("start", "kk"))
    push(journal, enrolled)
    with pytest.raises(ForkedError, match="enrol the kiosk again"):
        push(copied, enrolled)
    assert held(server) == sent(journal)
    assert aside(server) == [(seq, "fork") for seq in range(451, 951)]
    assert server.store.read(lambda c: c.execute(select(watermark.c.forked)).scalar_one())
    with pytest.raises(ForkedError):
        push(copied, enrolled)
    assert len(aside(server)) == 500


def test_enrolling_again_settles_a_fork_and_both_branches_stay(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(5)
    copied = journal.copy()
    journal.add_sales(2)
    copied.add(HelpCall("start", "kk"))
    push(journal, enrolled)
    with uploading(copied, enrolled) as (uploader, _):
        wait_until(lambda: uploader.status.state is State.FORKED)
    key = Ed25519PrivateKey.generate()
    second = server.enrol(copied, key=key)
    copied.start_epoch(key, second)
    copied.add_sales(3)
    with uploading(copied, second) as (uploader, _):
        wait_until(lambda: uploader.status.state is State.IN_STEP)
        assert uploader.status.backlog == 0
    assert [(e, s) for e, s, _, _ in held(server)] == [
        *((1, seq) for seq in range(1, 8)),
        *((2, seq) for seq in range(1, 4)),
    ]
    assert aside(server) == [(6, "fork")]


def test_a_fork_travels_once_and_its_later_entries_follow(sqlite_server: RunningServer) -> None:
    server, journal = sqlite_server, MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(250)
    copied = journal.copy()
    journal.add_sales(1)
    copied.add(HelpCall("start", "kk"))
    push(journal, enrolled)
    branches: dict[int, int] = {}
    for count in range(1, 4):
        with (
            CuttingProxy(server.port, lambda number, line: False) as proxy,
            Centre(proxy.url, enrolled.token) as centre,
        ):
            session = Session(copied, centre, on_acked=lambda e, s: None, branches=branches)
            with pytest.raises(ForkedError):
                session.push_all(session.ask_mark())
            assert proxy.requests == (2 if count > 1 else 3)
        assert len(aside(server)) == count
        copied.add(HelpCall("start", "kk"))


def test_a_running_kiosk_sends_its_side_of_a_fork_once(sqlite_server: RunningServer) -> None:
    server, journal = sqlite_server, MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(5)
    copied = journal.copy()
    journal.add_sales(1)
    copied.add(HelpCall("start", "kk"))
    push(journal, enrolled)
    asked: list[bytes] = []

    def listen(_number: int, line: bytes) -> bool:
        asked.append(line.split()[1])
        return False

    with CuttingProxy(server.port, listen) as proxy:
        through_proxy = msgspec.structs.replace(enrolled, server_url=proxy.url)
        with uploading(copied, through_proxy):
            wait_until(lambda: asked.count(b"/api/v1/mark") >= 4)
    first, *later = bytes(b"".join(asked)).split(b"/api/v1/mark")[1:]
    assert b"journal" in first
    assert not any(b"journal" in after for after in later)


def test_a_restored_backup_is_noticed_before_and_after_its_next_sale(
    server: RunningServer,
) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(10)
    backup = journal.copy()
    journal.add_sales(300)
    push(journal, enrolled)
    with pytest.raises(ForkedError):
        push(backup, enrolled)
    backup.add(HelpCall("start", "kk"))
    with pytest.raises(ForkedError):
        push(backup, enrolled)
    assert aside(server) == [(11, "fork")]


def test_enrolling_again_links_a_new_epoch_to_the_old_head(server: RunningServer) -> None:
    journal = MemoryJournal()
    first = server.enrol(journal)
    journal.add_sales(4)
    push(journal, first)
    key = Ed25519PrivateKey.generate()
    second = server.enrol(journal, key=key)
    assert (second.epoch, second.link_hash) == (2, journal.head().hash.hex())
    journal.start_epoch(key, second)
    journal.add_sales(2)
    push(journal, second)
    assert [(e, s) for e, s, _, _ in held(server)] == [
        *((1, seq) for seq in range(1, 5)),
        *((2, seq) for seq in range(1, 3)),
    ]
    with pytest.raises(CentreRefusedError, match="another key"):
        push(journal, first)


def test_what_an_old_epoch_had_not_sent_comes_after_enrolling_again(
    server: RunningServer,
) -> None:
    journal = MemoryJournal()
    server.enrol(journal)
    journal.add_sales(3)
    key = Ed25519PrivateKey.generate()
    second = server.enrol(journal, key=key)
    journal.start_epoch(key, second)
    journal.add_sales(1)
    push(journal, second)
    assert held(server) == sent(journal)


def test_a_lost_enrolment_answer_can_be_asked_for_again(sqlite_server: RunningServer) -> None:
    journal, code = MemoryJournal(), sqlite_server.code()
    first = sqlite_server.enrol(journal, code=code)
    again = sqlite_server.enrol(journal, code=code)
    assert (again.epoch, again.status) == (first.epoch, "approved")
    with pytest.raises(RefusedError, match="ask a coordinator"):
        sqlite_server.enrol(MemoryJournal(), code=code)


def test_a_pending_kiosk_waits_until_it_is_approved(server: RunningServer) -> None:
    journal = MemoryJournal()
    journal.add_sales(2)
    enrolled = server.enrol(journal, auto_approve=False)
    assert enrolled.status == "pending"
    with uploading(journal, enrolled) as (uploader, _):
        wait_until(lambda: uploader.status.state is State.PENDING)
        assert held(server) == []
        server.store.write(lambda c: admin.approve(c, journal.identity.kiosk_id))
        wait_until(lambda: uploader.status.state is State.IN_STEP)
    assert held(server) == sent(journal)


def test_a_revoked_kiosk_is_refused_and_its_backlog_grows(sqlite_server: RunningServer) -> None:
    server, journal = sqlite_server, MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(1)
    with uploading(journal, enrolled) as (uploader, _):
        wait_until(lambda: uploader.status.state is State.IN_STEP)
        server.store.write(lambda c: admin.revoke(c, journal.identity.kiosk_id))
        wait_until(lambda: uploader.status.state is State.REFUSED)
        journal.add_sales(1)
        uploader.nudge()
        wait_until(lambda: uploader.status.backlog == 1)
        assert "coordinator" in uploader.status.last_error
    assert len(held(server)) == 1


def test_a_nudge_sends_at_once(sqlite_server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    with uploading(journal, enrolled, UploaderSettings(interval_s=3600)) as (uploader, _):
        wait_until(lambda: uploader.status.state is State.IN_STEP)
        journal.add_sales(1)
        uploader.nudge()
        wait_until(lambda: len(held(sqlite_server)) == 1)


def test_sales_go_out_though_everybody_who_listens_stumbles(sqlite_server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    journal.add_sales(2)

    def stumble(_value: object) -> None:
        raise RuntimeError("a bug in a screen")

    uploader = Uploader(journal, enrolled, QUICK, Hooks(on_status=stumble, on_server_time=stumble))
    uploader.start()
    wait_until(lambda: uploader.status.state is State.IN_STEP)
    uploader.stop()
    assert held(sqlite_server) == sent(journal)


def test_a_journal_that_cannot_be_read_for_a_while_does_not_end_the_uploader(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    journal.add_sales(2)
    head, broken = MemoryJournal.head, [True]

    def head_or_not(self: MemoryJournal) -> chain.Head:
        if broken[0]:
            raise OSError(5, "Input/output error")
        return head(self)

    monkeypatch.setattr(MemoryJournal, "head", head_or_not)
    with uploading(journal, enrolled) as (uploader, _):
        wait_until(lambda: uploader.status.state is State.OFFLINE)
        broken[0] = False
        wait_until(lambda: uploader.status.state is State.IN_STEP)
    assert held(sqlite_server) == sent(journal)


def test_a_server_restored_from_backup_gets_everything_again(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    server, journal = sqlite_server, MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(3)
    push(journal, enrolled)
    database = Path(str(server.store.url.database))
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    journal.add_sales(4)
    push(journal, enrolled)
    server.stop()
    server.store.close()
    for name in (database, database.with_name("adal.db-wal"), database.with_name("adal.db-shm")):
        name.unlink(missing_ok=True)
    backup.rename(database)
    server.store = Store(str(server.settings.database_url))
    server.start()
    assert len(held(server)) == 3
    push(journal, enrolled)
    assert held(server) == sent(journal)


def test_what_a_shopper_wrote_arrives_once_and_can_be_matched(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    salt = "ab" * 16
    words = "Суы суық болса екен"
    digest = suggestions.text_sha256(bytes.fromhex(salt), words)
    journal.add(Suggestion("s1", digest, "kk"))
    journal.suggestions["s1"] = (salt, words)
    push(journal, enrolled)
    assert journal.suggestions == {}
    journal.suggestions["s1"] = (salt, words)
    push(journal, enrolled)
    [row] = server.store.read(lambda c: c.execute(select(suggestion_text)).all())
    assert (row.body, suggestions.text_sha256(row.salt, row.body)) == (words, digest)


def test_words_that_the_centre_cannot_take_hold_nothing_else_up(
    sqlite_server: RunningServer,
) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    salt = "ab" * 16
    journal.suggestions["s1"] = (salt, "x" * 501)
    journal.suggestions["s2"] = (salt, "good")
    with uploading(journal, enrolled) as (uploader, _):
        wait_until(lambda: uploader.status.state is State.IN_STEP)
    assert list(journal.suggestions) == ["s1"]


def test_the_catalogue_comes_when_it_is_new_and_only_then(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    taken: list[int] = []

    def take(document: bytes) -> None:
        taken.append(wire.decode(document, wire.CatalogueDocument).version)

    def put(price_tenge: int) -> None:
        product = Product("pen", {"kk": "Қаламсап"}, price_tenge)
        server.store.write(lambda c: admin.put_catalogue(c, [product], now_ms=1))

    def version() -> int:
        return taken[-1] if taken else 0

    heard: list[int] = []
    hooks = Hooks(on_catalogue=take, catalogue_version=version, on_server_time=heard.append)
    uploader = Uploader(journal, enrolled, QUICK, hooks)
    uploader.start()
    wait_until(lambda: uploader.status.state is State.IN_STEP)
    assert taken == []
    put(120)
    wait_until(lambda: taken == [1])
    put(130)
    wait_until(lambda: taken == [1, 2])
    contacts = len(heard)
    wait_until(lambda: len(heard) > contacts + 3)
    uploader.stop()
    assert taken == [1, 2]
    with Centre(server.url, enrolled.token) as centre:
        assert centre.catalogue(2) is None


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda e: chain.StoredEntry(e.kiosk_id, e.epoch, e.seq, e.prev_hash, e.hash,
                                     e.payload + b" ", e.signature), "hash"),
        (lambda e: chain.StoredEntry(e.kiosk_id, e.epoch, e.seq, e.prev_hash, e.hash,
                                     e.payload, bytes(64)), "signature"),
    ],
)  # fmt: skip
def test_entries_that_prove_nothing_are_kept_aside(
    server: RunningServer,
    spoil: Callable[[chain.StoredEntry], chain.StoredEntry],
    reason: str,
) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(2)
    good = journal.entries[-1]
    journal.entries[-1] = spoil(good)
    with pytest.raises(CentreRefusedError) as caught:
        push(journal, enrolled)
    assert caught.value.code == reason
    assert (held(server), aside(server)) == ([], [(1, reason), (2, reason)])
    journal.entries[-1] = good
    push(journal, enrolled)
    assert held(server) == sent(journal)


def test_a_kiosk_may_not_write_for_another(sqlite_server: RunningServer) -> None:
    journal, other = MemoryJournal(), MemoryJournal(new_identity())
    enrolled = sqlite_server.enrol(journal)
    sqlite_server.enrol(other)
    other.add_sales(1)
    with Centre(sqlite_server.url, enrolled.token) as centre:
        session = Session(other, centre, on_acked=lambda epoch, seq: None)
        with pytest.raises(CentreRefusedError) as caught:
            session._push(other.entries)
    assert caught.value.code == "kiosk_other"


def test_a_gap_is_refused_with_the_mark(server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(5)
    with Centre(server.url, enrolled.token) as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        session._push(journal.entries[:2])
        with pytest.raises(CentreRefusedError) as caught:
            session._push(journal.entries[3:])
    assert caught.value.code == "gap"
    assert caught.value.problem.mark is not None
    assert caught.value.problem.mark.seq == 2
    assert aside(server) == []


def test_four_kiosks_and_doubled_senders_at_once_lose_and_double_nothing(
    server: RunningServer,
) -> None:
    journals = [MemoryJournal(new_identity()) for _ in range(4)]
    enrolled = [server.enrol(journal) for journal in journals]
    for journal in journals:
        journal.add_sales(250)
    errors: list[BaseException] = []

    def work(journal: MemoryJournal, given: Enrolment) -> None:
        try:
            push(journal, given)
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=pair)
        for pair in 2 * list(zip(journals, enrolled, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(held(server)) == 1000
    total = server.store.read(lambda c: c.execute(select(func.sum(shop_day.c.sales))).scalar_one())
    assert total == 1000


def test_the_backlog_is_known_at_the_centre(sqlite_server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    journal.add_sales(7)
    with Centre(sqlite_server.url, enrolled.token) as centre:
        Session(journal, centre, on_acked=lambda e, s: None)._push(journal.entries[:3])
    [row] = sqlite_server.store.read(admin.kiosks)
    assert (row.entries, row.waiting, row.shop) == (3, 4, "aktau-tsc")
    assert row.last_seen_ms is not None
    assert row.last_seen_ms > NOW_MS - 10**10
