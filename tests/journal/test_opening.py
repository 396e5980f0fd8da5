"""Opening: a first start, cuts in its middle, damaged files, a new epoch."""

import shutil
import sqlite3
import stat

import pytest

from kiosk import keys
from kiosk.domain import chain
from kiosk.domain.entries import Boot
from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.verify import verify
from tests.journal.support import fill, sale

LINK = bytes(range(32))


@pytest.fixture
def closed(directory):
    journal = Journal.open(directory)
    fill(journal)
    journal.close()
    return directory


def refusal(directory, match):
    """Opening is refused, and not one byte that was there has changed."""
    before = contents(directory)
    with pytest.raises(JournalError, match=match):
        Journal.open(directory)
    assert contents(directory) == before


def contents(directory):
    return {p.name: p.read_bytes() for p in directory.iterdir() if p.name != "journal.lock"}


def test_an_empty_directory_gets_a_new_kiosk_named_after_its_key(directory):
    journal = Journal.open(directory)
    identity = journal.identity
    journal.close()
    assert identity.kiosk_id == chain.kiosk_id_of(identity.public_key)
    assert (identity.epoch, identity.link_hash) == (1, chain.GENESIS)
    assert {p.name for p in directory.iterdir()} == {
        "identity.json",
        "journal.lock",
        "journal.sqlite3",
        "kiosk-1.key",
    }
    assert {stat.S_IMODE(p.stat().st_mode) for p in directory.iterdir()} == {0o600}


def test_the_same_kiosk_comes_back(closed):
    journal = Journal.open(closed)
    first = journal.identity.kiosk_id
    journal.close()
    journal = Journal.open(closed)
    assert journal.identity.kiosk_id == first
    assert journal.append(Boot("0.1.0")).result(10).seq == 9
    journal.close()


def test_a_second_program_is_kept_out_until_the_first_lets_go(directory):
    journal = Journal.open(directory)
    with pytest.raises(JournalError, match="Stop it first"):
        Journal.open(directory)
    journal.close()
    Journal.open(directory).close()


def test_a_failed_opening_lets_go_of_the_lock(closed):
    (closed / JOURNAL_FILE).rename(closed / "kept")
    refusal(closed, "is missing although")
    (closed / "kept").rename(closed / JOURNAL_FILE)
    Journal.open(closed).close()


def test_a_lost_journal_does_not_start_counting_anew(closed):
    (closed / JOURNAL_FILE).unlink()
    refusal(closed, r"journal.sqlite3 is missing although this kiosk has written")


@pytest.mark.parametrize("with_key", [True, False])
def test_a_journal_without_its_identity_is_not_taken_over(closed, with_key):
    (closed / "identity.json").unlink()
    if not with_key:
        (closed / "kiosk-1.key").unlink()
    refusal(closed, r"identity.json is missing beside")


def test_a_first_start_cut_before_the_identity_was_saved_goes_on(directory):
    journal = Journal.open(directory)
    kiosk_id = journal.identity.kiosk_id
    journal.close()
    (directory / "identity.json").unlink()
    journal = Journal.open(directory)
    assert journal.identity.kiosk_id == kiosk_id
    journal.close()


def test_a_first_start_cut_while_the_file_was_made_goes_on(directory):
    directory.mkdir()
    (directory / f"{JOURNAL_FILE}.new").write_bytes(b"half")
    (directory / f"{JOURNAL_FILE}.new-journal").write_bytes(b"half")
    (directory / "identity.json.new").write_bytes(b"{")
    Journal.open(directory).close()
    assert verify(directory).ok


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"no database at all" * 500, "is no database"),
        (b"", "is not a journal of Adal"),
    ],
)
def test_a_file_that_is_no_journal_is_left_as_it_is(closed, raw, match):
    (closed / JOURNAL_FILE).write_bytes(raw)
    refusal(closed, match)


def test_a_strangers_database_is_left_as_it_is(closed):
    (closed / JOURNAL_FILE).unlink()
    connection = sqlite3.connect(closed / JOURNAL_FILE)
    connection.execute("CREATE TABLE entry (epoch, seq)")
    connection.commit()
    connection.close()
    refusal(closed, "is not a journal of Adal")


def test_a_journal_cut_short_is_refused_or_found_damaged(closed):
    raw = (closed / JOURNAL_FILE).read_bytes()
    (closed / JOURNAL_FILE).write_bytes(raw[: len(raw) // 2])
    refusal(closed, "damaged")


def test_a_journal_of_a_newer_program_is_left_to_it(closed):
    connection = sqlite3.connect(closed / JOURNAL_FILE)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    refusal(closed, "newer than this program; update Adal")


def test_a_table_that_is_gone_is_named(closed):
    connection = sqlite3.connect(closed / JOURNAL_FILE)
    connection.execute("DROP TABLE suggestion_text")
    connection.close()
    refusal(closed, "its table suggestion_text is missing")


@pytest.mark.parametrize("raw", [b"", b"{", b'{"kiosk_id": 1}', b"\xff"])
def test_a_damaged_identity_is_named(closed, raw):
    (closed / "identity.json").write_bytes(raw)
    refusal(closed, r"identity.json is damaged")


def test_a_damaged_or_missing_key_is_named(closed):
    (closed / "kiosk-1.key").write_bytes(b"-----BEGIN")
    refusal(closed, r"kiosk-1.key is damaged")
    (closed / "kiosk-1.key").unlink()
    refusal(closed, r"kiosk-1.key cannot be read")


def test_a_key_that_is_not_the_kiosks_own_is_refused(closed):
    (closed / "kiosk-1.key").unlink()
    keys.load_or_make_key(closed / "kiosk-1.key")
    refusal(closed, "contradicts its key")


def test_a_new_epoch_has_a_new_key_the_old_name_and_follows_the_centres_hash(closed):
    old = keys.load_identity(closed)
    key = keys.prepare_epoch_key(closed)
    assert keys.public_bytes(keys.prepare_epoch_key(closed)) == keys.public_bytes(key)
    identity = keys.start_epoch(closed, 3, LINK)
    assert keys.start_epoch(closed, 3, LINK).public_key == identity.public_key
    assert identity.kiosk_id == old.kiosk_id
    assert identity.public_key == keys.public_bytes(key) != old.public_key

    journal = Journal.open(closed)
    before = journal.ledger.box.expected_tenge
    assert journal.head() == chain.Head(3, 0, LINK)
    stored = journal.append(sale("in the new epoch")).result(10)
    assert (stored.epoch, stored.seq, stored.prev_hash) == (3, 1, LINK)
    assert journal.read_since(3, 0) == [stored]
    assert len(journal.read_since(1, 0)) == 8
    assert [row.epoch for row in journal.epochs()] == [1, 3]
    assert journal.ledger.box.expected_tenge == before + 360
    journal.close()

    journal = Journal.open(closed)
    assert journal.append(Boot("0.1.0")).result(10).prev_hash == stored.hash
    journal.close()
    report = verify(closed)
    assert report.ok, report
    assert [(h.epoch, h.seq) for h in report.heads] == [(1, 8), (3, 2)]


def test_one_checkout_is_one_sale_across_epochs(closed):
    keys.prepare_epoch_key(closed)
    keys.start_epoch(closed, 2, LINK)
    journal = Journal.open(closed)
    assert journal.append(sale("visit-0")).result(10).epoch == 1
    journal.close()


def test_a_cut_after_the_new_key_was_put_in_place_is_made_good(closed):
    key = keys.prepare_epoch_key(closed)
    (closed / keys.NEXT_KEY_FILE).rename(closed / "kiosk-2.key")
    identity = keys.start_epoch(closed, 2, LINK)
    assert identity.public_key == keys.public_bytes(key)


@pytest.mark.parametrize(("epoch", "link"), [(1, LINK), (0, LINK), (2, b"short")])
def test_an_epoch_that_cannot_follow_is_refused(closed, epoch, link):
    keys.prepare_epoch_key(closed)
    before = contents(closed)
    with pytest.raises(JournalError, match="cannot follow"):
        keys.start_epoch(closed, epoch, link)
    assert contents(closed) == before


def test_an_epoch_needs_its_key_and_a_kiosk(closed, tmp_path):
    with pytest.raises(JournalError, match="cannot be read"):
        keys.start_epoch(closed, 2, LINK)
    with pytest.raises(JournalError, match="holds no kiosk"):
        keys.start_epoch(tmp_path, 2, LINK)


def test_no_epoch_starts_under_a_running_kiosk(journal, directory):
    keys.prepare_epoch_key(directory)
    with pytest.raises(JournalError, match="Stop it first"):
        keys.start_epoch(directory, 2, LINK)
    assert keys.load_identity(directory).epoch == 1


def test_an_identity_from_before_the_new_epoch_is_refused(closed, tmp_path):
    shutil.copy(closed / "identity.json", tmp_path / "identity.json")
    keys.prepare_epoch_key(closed)
    keys.start_epoch(closed, 2, LINK)
    Journal.open(closed).close()
    shutil.copy(tmp_path / "identity.json", closed / "identity.json")
    refusal(closed, "not the journal of the identity")


def test_a_key_file_that_others_could_read_is_closed_again(closed):
    (closed / "kiosk-1.key").chmod(0o644)
    keys.load_identity(closed)
    assert stat.S_IMODE((closed / "kiosk-1.key").stat().st_mode) == 0o600


def test_a_directory_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(JournalError, match="cannot be used"):
        Journal.open(tmp_path / "file" / "kiosk")
