"""Walks a whole journal: file, chain, hashes, signatures, keys, protections, folds.

It needs no kiosk and no server, changes nothing, and may run while the kiosk writes. What a chain
cannot show by itself is that entries at its end are missing: only the centre's mark shows that.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kiosk import keys
from kiosk.domain import chain, entries
from kiosk.domain.chain import Fault, Head, StoredEntry
from kiosk.domain.errors import AdalError, JournalError
from kiosk.domain.ledger import Ledger
from kiosk.journal import folds
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.folds import Position, UnreadableTotalsError
from kiosk.journal.store import START, EpochRow, Reader, position
from kiosk.journal.writer import once_key
from kiosk.keys import KioskIdentity

Progress = Callable[[int, int], None]
"""Called with entries done and entries in all."""

FAULTS_MAX = 1_000
"""A report lists no more; a journal with so many is lost anyway."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a walk found; all faults but those of entries are sentences.

    ``damage`` is what SQLite finds broken, ``file_faults`` are wrong marks, protections, keys.
    """

    path: Path
    kiosk_id: str
    entry_count: int
    heads: tuple[Head, ...]
    ledger: Ledger
    damage: tuple[str, ...]
    file_faults: tuple[str, ...]
    entry_faults: tuple[Fault, ...]
    fold_faults: tuple[str, ...]

    @property
    def entries_ok(self) -> bool:
        """Whether every entry is as it was signed, in its place, in a sound file."""
        return not (self.damage or self.entry_faults)

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.entries_ok and not (self.file_faults or self.fold_faults)


def journal_path(directory: Path) -> Path:
    """The journal's file in a kiosk's directory.

    Raises:
        JournalError: when there is none; nothing is created.
    """
    path = directory / JOURNAL_FILE
    if not path.is_file():
        raise JournalError(f"There is no journal at {path}. Name the kiosk's directory.")
    return path


def verify(directory: Path, progress: Progress | None = None) -> Report:
    """Checks the journal in a kiosk's directory from its first entry to its last.

    Raises:
        JournalError: when there is no journal, or its file cannot be read at all.
    """
    reader = Reader(journal_path(directory))
    damage, file_faults = reader.damage(), reader.faults()
    epochs = reader.epochs()
    file_faults += _identity_faults(directory, epochs)
    walk = _Walk({row.epoch: row for row in epochs})
    total = reader.count()
    fold_faults: list[str] = []
    while True:
        for page in _pages(reader, walk.at):
            walk.take(page)
            if progress is not None:
                progress(walk.count, max(total, walk.count))
        try:
            cached, folded_to = reader.ledger()
        except UnreadableTotalsError as error:
            fold_faults.append(str(error))
            cached, folded_to = walk.ledger, walk.at
            break
        if folded_to <= walk.at:  # else the kiosk wrote on in the meantime: walk after it
            break
        if not reader.page(walk.at, 1):
            break
    if folded_to != walk.at:
        fold_faults.append(
            f"the totals stand at entry {folded_to[0]}/{folded_to[1]}, "
            f"the journal at {walk.at[0]}/{walk.at[1]}"
        )
    fold_faults += folds.differences(cached, walk.ledger)
    return Report(
        reader.path,
        epochs[0].kiosk_id if epochs else "",
        walk.count,
        tuple(walk.heads[n] for n in sorted(walk.heads)),
        walk.ledger,
        tuple(damage),
        tuple(file_faults),
        tuple(walk.faults),
        tuple(fold_faults),
    )


@dataclass
class _Walk:
    """What is known after the entries taken so far."""

    epochs: dict[int, EpochRow]
    count: int = 0
    at: Position = START
    heads: dict[int, Head] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    faults: list[Fault] = field(default_factory=list)

    def take(self, page: list[tuple[StoredEntry, str | None]]) -> None:
        """Checks and folds the next entries."""
        for epoch, group in itertools.groupby(page, key=lambda pair: pair[0].epoch):
            self._take_epoch(epoch, list(group))
        self.count += len(page)
        self.at = position(page[-1][0])

    def _take_epoch(self, epoch: int, pairs: list[tuple[StoredEntry, str | None]]) -> None:
        stored = [entry for entry, _ in pairs]
        row = self.epochs.get(epoch)
        if row is None:
            self._add(Fault(epoch, stored[0].seq, "belongs to an epoch that was never started"))
        start = Head(epoch, 0, chain.GENESIS) if row is None else row.start
        public_key = b"" if row is None else row.public_key
        self._add(*chain.link_faults(stored, self.heads.get(epoch, start)))
        self._add(*chain.signature_faults(stored, public_key))
        for entry, key in pairs:
            self._fold(entry, key)
        self.heads[epoch] = stored[-1].head

    def _fold(self, stored: StoredEntry, key: str | None) -> None:
        try:
            entry = entries.decode(stored.payload)
            self.ledger = self.ledger.apply(entry)
        except AdalError as error:
            self._add(Fault(stored.epoch, stored.seq, f"cannot be read: {error}"))
            return
        if key != once_key(entry.body):
            self._add(Fault(stored.epoch, stored.seq, "carries a key that is not its own"))

    def _add(self, *faults: Fault) -> None:
        self.faults += faults[: max(0, FAULTS_MAX - len(self.faults))]


def _pages(reader: Reader, after: Position) -> Iterator[list[tuple[StoredEntry, str | None]]]:
    while page := reader.page_with_keys(after):
        yield page
        after = position(page[-1][0])


def _identity_faults(directory: Path, epochs: list[EpochRow]) -> list[str]:
    """What contradicts the kiosk's name; a copied journal without its identity is fine."""
    if not epochs:
        return ["it names no epoch"]
    found = []
    first = epochs[0]
    if first.epoch == 1 and first.kiosk_id != chain.kiosk_id_of(first.public_key):
        found.append("the kiosk's name does not come from its first key")
    if first.epoch == 1 and first.link_hash != chain.GENESIS:
        found.append("its first epoch does not start at the beginning")
    if any(row.kiosk_id != first.kiosk_id for row in epochs):
        found.append("its epochs belong to different kiosks")
    try:
        identity = keys.load_identity(directory)
    except JournalError as error:
        return [*found, str(error)]
    if identity is not None and not _is_known(identity, epochs):
        found.append("the identity beside it is not the one that wrote it")
    return found


def _is_known(identity: KioskIdentity, epochs: list[EpochRow]) -> bool:
    """An epoch that was issued but not yet written in has no row so far."""
    own = EpochRow(identity.kiosk_id, identity.epoch, identity.public_key, identity.link_hash)
    last = epochs[-1]
    return own in epochs or (own.kiosk_id == last.kiosk_id and own.epoch > last.epoch)
