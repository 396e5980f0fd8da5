"""Opening a journal: lock, identity, file, marks, chain head and folds, in that order.

A new kiosk's file is made whole under another name and renamed before the identity is saved, so
that a cut at any moment leaves either nothing or something the next start completes. A kiosk with
an identity but without its file does not start anew: its numbers would be used twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection, insert

from kiosk import keys
from kiosk.disk import sync_directory
from kiosk.domain import chain, entries
from kiosk.domain.chain import Head, StoredEntry
from kiosk.domain.entries import Entry
from kiosk.domain.errors import EntryError, JournalError
from kiosk.domain.ledger import Ledger, fold_all
from kiosk.journal import folds, schema, store
from kiosk.journal.database import JOURNAL_FILE, in_words, writer_engine
from kiosk.journal.store import EpochRow, Reader
from kiosk.keys import KioskIdentity

_log = logging.getLogger(__name__)


def take_identity(directory: Path) -> KioskIdentity:
    """The kiosk's identity, with a new kiosk made in an empty directory.

    Raises:
        JournalError: when of journal and identity only one is there.
    """
    path = directory / JOURNAL_FILE
    identity = keys.load_identity(directory)
    if identity is not None:
        if not path.exists():
            raise JournalError(
                f"{path} is missing although this kiosk has written before. Restore it from a "
                f"copy; only if it is lost for good, remove {directory / keys.IDENTITY_FILE} to "
                "start as a new kiosk."
            )
        return identity
    if path.exists() and not _is_untouched(directory):
        raise JournalError(
            f"{directory / keys.IDENTITY_FILE} is missing beside {path}. Restore it from a copy "
            "or enrol this kiosk again; the journal stays as it is."
        )
    first = keys.first_identity(directory)
    if not path.exists():
        _make_file(path, first)
    keys.save_identity(directory, first)
    return first


def take_up(
    connection: Connection, path: Path, identity: KioskIdentity
) -> tuple[Head, Ledger, StoredEntry | None]:
    """Checks the file and reads where the journal stands: head, ledger, last entry.

    Raises:
        JournalError: when the file is damaged, changed, or of another kiosk.
    """
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    connection.rollback()
    if mode != "truncate":
        raise JournalError(
            f"{path} is in {mode} mode: another program changed or uses it. Close that program."
        )
    with connection.begin():
        if faults := schema.faults(connection):
            raise _not_to_trust(path, faults[0])
        _take_up_epoch(connection, path, identity)
        last = store.load_last(connection)
        if last is not None and (fault := _fault_of(last, store.load_epochs(connection))):
            raise _not_to_trust(path, f"its last entry {last.epoch}/{last.seq} {fault}")
        head = Head(identity.epoch, 0, identity.link_hash)
        if last is not None and last.epoch == identity.epoch:
            head = last.head
        return head, _take_up_folds(connection, path, last), last


def _take_up_epoch(connection: Connection, path: Path, identity: KioskIdentity) -> None:
    known = store.load_epochs(connection)
    own = _row_of(identity)
    if not known or known[-1].kiosk_id != identity.kiosk_id or known[-1].epoch > own.epoch:
        raise JournalError(
            f"{path} is not the journal of the identity beside it. Restore both from one copy."
        )
    if known[-1].epoch < own.epoch:
        _insert_epoch(connection, own)
    elif known[-1] != own:
        raise JournalError(
            f"{path} was written with another key than the one beside it. Restore the key, or "
            "enrol this kiosk again."
        )


def _take_up_folds(connection: Connection, path: Path, last: StoredEntry | None) -> Ledger:
    try:
        ledger, folded_to = folds.load(connection)
        if last is None or folded_to == store.position(last):
            return ledger
    except folds.UnreadableTotalsError as error:
        _log.warning("%s", error)
    _log.warning("The totals kept in %s are out of step; they are rebuilt.", path)
    ledger = fold_all(_readable(store.load_all(connection)))
    folds.replace(connection, ledger, Head(0, 0, b"") if last is None else last.head)
    return ledger


def _readable(stored: Iterable[StoredEntry]) -> Iterator[Entry]:
    """What this version can read: a shop goes on selling after a downgrade.

    What a newer program wrote stays out of the totals until that program is back;
    ``journal verify`` names it.
    """
    for one in stored:
        try:
            yield entries.decode(one.payload)
        except EntryError as error:
            _log.warning("Entry %d/%d is not in the totals: %s", one.epoch, one.seq, error)


def _fault_of(last: StoredEntry, epochs: list[EpochRow]) -> str | None:
    before = Head(last.epoch, last.seq - 1, last.prev_hash)
    public_keys = [row.public_key for row in epochs if row.epoch == last.epoch]
    found = [
        *chain.link_faults([last], before),
        *chain.signature_faults([last], public_keys[0] if public_keys else b""),
    ]
    return found[0].what if found else None


def _not_to_trust(path: Path, fault: str) -> JournalError:
    return JournalError(
        f"{path} cannot be trusted: {fault}. Keep the file as it is, run "
        "`python -m kiosk journal verify` and tell the coordinator."
    )


def _make_file(path: Path, identity: KioskIdentity) -> None:
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)  # from a cut during a first start; it never held an entry
    with (
        in_words("The journal cannot be made", temporary),
        writer_engine(temporary, create=True).begin() as connection,
    ):
        schema.create(connection)
        _insert_epoch(connection, _row_of(identity))
    temporary.with_name(f"{temporary.name}-journal").unlink(missing_ok=True)
    temporary.chmod(0o600)
    temporary.replace(path)
    sync_directory(path.parent)  # the identity must not be there without the file


def _is_untouched(directory: Path) -> bool:
    """Whether a first start was cut between making the file and saving the identity."""
    if not (directory / keys.key_file(1)).exists():
        return False
    reader = Reader(directory / JOURNAL_FILE)
    own = _row_of(keys.first_identity(directory))
    return not reader.faults() and reader.epochs() == [own] and not reader.page(store.START)


def _insert_epoch(connection: Connection, row: EpochRow) -> None:
    connection.execute(
        insert(schema.epoch).values(
            epoch=row.epoch,
            kiosk_id=row.kiosk_id,
            public_key=row.public_key,
            link_hash=row.link_hash,
        )
    )


def _row_of(identity: KioskIdentity) -> EpochRow:
    return EpochRow(identity.kiosk_id, identity.epoch, identity.public_key, identity.link_hash)
