"""What a file holds: entries one after the other, never all of them in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.domain.chain import HASH_SIZE_BYTES, SIGNATURE_SIZE_BYTES, StoredEntry
from kiosk.domain.errors import WireError
from sync import journalfile, wire
from sync.journalfile import Line
from sync.proof import PUBLIC_KEY_SIZE_BYTES

BACKUP_JOURNAL = "journal.sqlite3"
"""How a kiosk's backup names its journal."""
_SQLITE_MAGIC = b"SQLite format 3\x00"
_EPOCHS = "SELECT epoch, kiosk_id, public_key FROM epoch"
_ROWS = "SELECT epoch, seq, prev_hash, hash, payload, signature FROM entry ORDER BY epoch, seq"
EPOCHS_MAX = 1_000
LINE_SIZE_BYTES_MAX = wire.BATCH_SIZE_BYTES_MAX
"""What one entry could at most have on the way here over the network."""
_STEPS_AT_ONCE = 100_000
_STEPS_MIN = 10_000_000


@dataclass(frozen=True, slots=True)
class JournalId:
    """One epoch of one kiosk."""

    kiosk_id: str
    epoch: int


@dataclass
class Found:
    """What a file says of one epoch: how much, how far, signed for which key."""

    entries: int = 0
    last_seq: int = 0
    public_key: bytes | None = None


def journal_in(path: Path) -> Path:
    """The file with the journal: the one that was named, or the one in a backup's folder.

    Raises:
        WireError: for a folder without one.
    """
    if not path.is_dir():
        return path
    inside = path / BACKUP_JOURNAL
    if not inside.is_file():
        raise WireError(
            f"{path} holds no {BACKUP_JOURNAL}: name a folder adal-backup-… or an exported file."
        )
    return inside


def read(path: Path) -> Iterator[Line]:
    """The entries of an exported file, a kiosk's backup, or the journal in one.

    Raises:
        WireError: when it cannot be read, or holds something else; names the place.
    """
    path = journal_in(path)
    try:
        with path.open("rb") as file:
            is_database = file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    except OSError as error:
        raise WireError(f"{path} cannot be read: {error.strerror}.") from error
    lines = _database_lines(path) if is_database else _file_lines(path)
    for line in lines:
        yield _checked(line, path)


def survey(path: Path) -> dict[JournalId, Found]:
    """Goes through a file once, before anything is taken in.

    Raises:
        WireError: as :func:`read`; also for a file without entries.
    """
    found: dict[JournalId, Found] = {}
    for line in read(path):
        one = found.setdefault(JournalId(line.entry.kiosk_id, line.entry.epoch), Found())
        one.entries += 1
        one.last_seq = max(one.last_seq, line.entry.seq)
        one.public_key = one.public_key or line.public_key
    if not found:
        raise WireError(f"{path.name} holds no entries.")
    return found


def _file_lines(path: Path) -> Iterator[Line]:
    try:
        with path.open("rb") as file:
            yield from journalfile.read_lines(_short_lines(file, path), str(path))
    except OSError as error:
        raise WireError(f"{path} cannot be read: {error.strerror}.") from error


def _short_lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Lines, none of which is held in memory before it is known to be short enough."""
    while line := file.readline(LINE_SIZE_BYTES_MAX + 1):
        if len(line) > LINE_SIZE_BYTES_MAX:
            raise WireError(f"{path.name} has a line that is longer than any entry.")
        yield line


def _database_lines(path: Path) -> Iterator[Line]:
    """A backup's journal is a database that nobody writes any more; it is left as it is."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as file:
            _guard(file, path)
            epochs = _epochs(file, path)
            for epoch, *fields in file.execute(_ROWS):
                if epoch in epochs:
                    kiosk_id, key = epochs[epoch]
                    yield Line(StoredEntry(kiosk_id, epoch, *fields), key)
    except (sqlite3.Error, OverflowError) as error:
        raise WireError(f"{path} holds no journal that can be read: {error}.") from error


def _guard(file: sqlite3.Connection, path: Path) -> None:
    """Keeps a file that somebody made up from working for ever or filling the memory.

    Its tables must be tables: a view is a program of the one who made the file. And a damaged tree
    of pages can be endless though the file is small: so the work has an end, too.

    Raises:
        WireError: for a file whose tables are none.
    """
    left = [_STEPS_MIN + 4 * path.stat().st_size]

    def is_too_much() -> bool:
        left[0] -= _STEPS_AT_ONCE
        return left[0] < 0

    file.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LINE_SIZE_BYTES_MAX)
    file.execute("PRAGMA trusted_schema=OFF")
    file.execute("PRAGMA cell_size_check=ON")
    file.set_progress_handler(is_too_much, _STEPS_AT_ONCE)
    # Neither views and virtual tables, which have no root page, nor columns that are worked out.
    stored = file.execute(
        "SELECT name FROM sqlite_master WHERE name IN ('entry', 'epoch') AND type = 'table' "
        "AND rootpage > 0 ORDER BY name"
    ).fetchall()
    made = file.execute(
        "SELECT 1 FROM pragma_table_xinfo('entry') WHERE hidden "
        "UNION ALL SELECT 1 FROM pragma_table_xinfo('epoch') WHERE hidden"
    ).fetchall()
    if stored != [("entry",), ("epoch",)] or made:
        raise WireError(f"{path.name} holds no journal of ours.")


def _epochs(file: sqlite3.Connection, path: Path) -> dict[int, tuple[str, bytes]]:
    rows = file.execute(_EPOCHS).fetchmany(EPOCHS_MAX + 1)
    if len(rows) > EPOCHS_MAX:
        raise WireError(f"{path.name} has more epochs than any kiosk.")
    return {epoch: (kiosk_id, key) for epoch, kiosk_id, key in rows}


def _checked(line: Line, path: Path) -> Line:
    """Only what could travel over the network, too: sizes and numbers as the database takes them.

    What the entries prove is another matter, and is found where they are taken in.
    """
    if not _has_our_form(line):
        raise WireError(
            f"{path.name}: entry {line.entry.epoch}/{line.entry.seq} has no form of ours."
        )
    return line


def _has_our_form(line: Line) -> bool:
    """SQLite keeps any type in any column, so types come before sizes."""
    one: Any = line.entry
    key: Any = line.public_key
    digests = (one.prev_hash, one.hash, one.signature)
    if not (
        isinstance(one.kiosk_id, str)
        and type(one.epoch) is int
        and type(one.seq) is int
        and all(isinstance(x, bytes) for x in (*digests, one.payload))
        and (key is None or isinstance(key, bytes))
    ):
        return False
    return (
        len(one.kiosk_id) == 16
        and set(one.kiosk_id) <= set("0123456789abcdef")
        and 1 <= one.epoch < 2**31
        and 1 <= one.seq <= 2**53
        and tuple(map(len, digests)) == (HASH_SIZE_BYTES, HASH_SIZE_BYTES, SIGNATURE_SIZE_BYTES)
        and (key is None or len(key) == PUBLIC_KEY_SIZE_BYTES)
    )
