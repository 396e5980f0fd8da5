"""Appending: one tap is one sale, snapshots follow commits, words lie beside."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kiosk.domain import chain
from kiosk.domain.entries import (
    Abandoned,
    Boot,
    CashCount,
    Correction,
    HelpCall,
    Restock,
    RestockLine,
    SaleRef,
    decode,
)
from kiosk.domain.errors import AdalError, JournalError
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from tests.journal.support import NOON_MS, Times, fill, sale


def correction_of(stored, by="shopper"):
    body = decode(stored.payload).body
    return Correction(
        sale=SaleRef(stored.epoch, stored.seq, stored.hash.hex()),
        by=by,
        reason="mistake",
        lines=body.lines,
        total_tenge=body.total_tenge,
        left_to_cause_tenge=0,
        rounded_off_tenge=0,
        tender="cash",
        taken_back_tenge=500,
        taken_back={"n500": 1},
        put_back=body.tender.change,
    )


def test_an_entry_is_on_the_disk_signed_and_chained_when_its_future_is_done(journal):
    first = journal.append(Boot("0.1.0")).result(10)
    second = journal.append(sale()).result(10)
    assert (first.epoch, first.seq, first.prev_hash) == (1, 1, chain.GENESIS)
    assert second.prev_hash == first.hash
    assert journal.head() == second.head
    assert list(journal.entries()) == [first, second]
    assert not list(chain.signature_faults([first, second], journal.identity.public_key))


def test_one_checkout_tapped_from_eight_threads_is_one_sale(journal):
    with ThreadPoolExecutor(8) as pool:
        start = threading.Barrier(8)

        def tap(_number):
            start.wait()
            return journal.append(sale("the same visit"), checkout_id="the same visit").result(10)

        answers = list(pool.map(tap, range(8)))
    assert len(set(answers)) == 1
    assert len(list(journal.entries())) == 1
    assert journal.ledger.box.expected_tenge == 360


def test_one_checkout_is_one_sale_even_after_a_restart(directory):
    journal = Journal.open(directory)
    first = journal.append(sale("visit")).result(10)
    journal.close()
    journal = Journal.open(directory)
    again = journal.append(sale("visit")).result(10)
    other = journal.append(sale("another visit")).result(10)
    journal.close()
    assert again == first
    assert other.seq == 2


def test_a_sale_is_taken_back_once(journal):
    stored = journal.append(sale()).result(10)
    assert not journal.is_corrected(stored.epoch, stored.seq)
    first = journal.append(correction_of(stored)).result(10)
    again = journal.append(correction_of(stored, by="volunteer")).result(10)
    assert again == first
    assert journal.is_corrected(stored.epoch, stored.seq)
    assert journal.ledger.box.expected_tenge == 0
    assert journal.ledger.stock == {"water": 0}


def test_a_visit_is_abandoned_once_and_a_sale_of_it_is_another_matter(journal):
    gone = Abandoned("visit", "timed_out", "cash", (), 0, {})
    assert journal.append(gone).result(10) == journal.append(gone).result(10)
    assert journal.append(sale("visit")).result(10).seq == 2


def test_a_checkout_id_that_is_not_the_bodys_own_is_refused(journal):
    with pytest.raises(JournalError, match="does not belong"):
        journal.append(sale("visit"), checkout_id="another visit")


def test_each_commit_publishes_its_own_ledger_in_order(journal):
    seen = []
    journal.on_commit(lambda entry, ledger: seen.append((entry.seq, ledger.box.expected_tenge)))
    futures = [journal.append(sale(f"visit-{n}")) for n in range(4)]
    for future in futures:
        future.result(10)
    journal.close()
    assert seen == [(1, 360), (2, 720), (3, 1080), (4, 1440)]


def test_a_listener_that_fails_takes_nothing_with_it(journal):
    seen = []

    def fail(_entry, _ledger):
        raise RuntimeError("a listener's own trouble")

    journal.on_commit(fail)
    journal.on_commit(lambda entry, _ledger: seen.append(entry.seq))
    journal.append(Boot("1")).result(10)
    journal.append(Boot("2")).result(10)
    journal.close()
    assert seen == [1, 2]


@pytest.mark.parametrize(
    "body",
    [
        CashCount({"n500": 10**10}, "v"),
        Restock((RestockLine("water", -1),), "v"),
        HelpCall(7, "kk"),
    ],
)
def test_a_body_that_could_not_be_read_again_is_never_written(journal, body):
    with pytest.raises(AdalError):
        journal.append(body).result(10)
    assert journal.append(Boot("0.1.0")).result(10).seq == 1


def test_an_amount_beyond_the_databases_integers_is_refused_and_the_writer_lives(journal):
    with pytest.raises(JournalError, match="Nothing was written"):
        journal.append(CashCount({f"n{10**7 - n}": 10**9 for n in range(1_000)}, "v")).result(10)
    assert journal.append(Boot("0.1.0")).result(10).seq == 1
    assert journal.ledger.box.expected_tenge == 0


def test_a_cancelled_append_writes_nothing(journal):
    entered, leave = threading.Event(), threading.Event()

    def hold(_entry, _ledger):
        entered.set()
        leave.wait(10)

    journal.on_commit(hold)
    journal.append(Boot("1")).result(10)
    assert entered.wait(10)
    waiting = journal.append(Boot("2"))
    assert waiting.cancel()
    leave.set()
    journal.append(Boot("3")).result(10)
    assert [decode(x.payload).body.software for x in journal.entries()] == ["1", "3"]


def test_closing_lets_everything_handed_over_reach_the_disk(directory):
    journal = Journal.open(directory)
    futures = [journal.append(sale(f"visit-{n}")) for n in range(50)]
    journal.close()
    assert [f.result(0).seq for f in futures] == list(range(1, 51))
    with pytest.raises(JournalError, match="closed"):
        journal.append(Boot("late")).result(10)
    assert verify(directory).entry_count == 50


def test_a_page_is_of_one_epoch_and_never_over_200_entries(journal):
    for number in range(205):
        journal.append(Boot(str(number)))
    journal.append(Boot("last")).result(20)
    page = journal.read_since(1, 0, limit=1_000)
    assert [x.seq for x in page] == list(range(1, 201))
    assert [x.seq for x in journal.read_since(1, 200)] == list(range(201, 207))
    assert [x.seq for x in journal.read_since(1, 3, limit=2)] == [4, 5]
    assert journal.read_since(2, 0) == []


def test_reading_while_the_writer_writes_holds_nobody_up(journal):
    fill(journal)
    reading = journal.entries()
    next(reading)  # a reader that stopped in the middle of its page
    start_s = time.monotonic()
    journal.append(sale("meanwhile")).result(10)
    assert time.monotonic() - start_s < 4  # SQLite would have waited five seconds for a lock
    assert [x.seq for x in reading] == list(range(2, 10))


def test_a_receipt_is_found_by_the_beginning_of_its_number(journal):
    stored = [journal.append(sale(f"visit-{n}")).result(10) for n in range(3)]
    help_call = journal.append(HelpCall("start", "kk")).result(10)
    for one in stored:
        assert one in journal.find_receipt(one.receipt)
        assert one in journal.find_receipt(one.receipt[:3].lower())
    assert help_call not in journal.find_receipt(help_call.receipt)
    for nonsense in ("", "  ", "xyz", "%", "GG"):
        assert journal.find_receipt(nonsense) == []


def test_receipts_come_newest_first_and_only_as_old_as_asked(directory):
    times = Times()
    journal = Journal.open(directory, clock=times.clock())
    by_digit = {}
    for number in range(40):
        times.pass_ms(60_000)
        stored = journal.append(sale(f"visit-{number}")).result(10)
        by_digit.setdefault(stored.receipt[0], []).append(stored)
    digit, same = max(by_digit.items(), key=lambda item: len(item[1]))
    assert len(same) > 1
    assert journal.find_receipt(digit) == same[::-1]
    since_ms = decode(same[-1].payload).stamp.at_ms
    assert journal.find_receipt(digit, not_before_ms=since_ms) == same[-1:]
    assert journal.find_receipt(digit, not_before_ms=NOON_MS * 2) == []
    journal.close()


def test_the_journal_holds_only_a_salted_hash_of_what_a_shopper_wrote(journal):
    text = "Ерлан сатушы сыпайы емес"
    stored = journal.append_suggestion(f"  {text} ", "kk").result(10)
    assert text.encode() not in stored.payload
    ((suggestion_id, salt, kept),) = journal.pending_suggestions()
    body = decode(stored.payload).body
    assert (body.suggestion_id, kept) == (suggestion_id, text)
    salted = bytes.fromhex(salt) + text.encode()
    assert body.text_sha256 == hashlib.sha256(salted).hexdigest()


def test_words_that_were_sent_are_not_pending_and_words_can_be_forgotten(journal, directory):
    for text in ("first words", "second words"):
        journal.append_suggestion(text, "en").result(10)
    (sent, *_), (forgotten, *_) = journal.pending_suggestions()
    journal.mark_suggestion_sent(sent).result(10)
    journal.forget_suggestion(forgotten).result(10)
    assert journal.pending_suggestions() == []
    journal.forget_suggestion(sent).result(10)
    journal.close()
    file = (directory / "journal.sqlite3").read_bytes()
    assert b"first words" not in file
    assert b"second words" not in file
    assert verify(directory).ok


@pytest.mark.parametrize("text", ["", "   ", "я" * 501])
def test_a_suggestion_has_1_to_500_characters(journal, text):
    with pytest.raises(JournalError, match="1 to 500"):
        journal.append_suggestion(text, "ru")
