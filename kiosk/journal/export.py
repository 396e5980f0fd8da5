"""A journal as lines of JSON: for a USB stick, for an auditor, for the centre to import.

Each line is one entry: ``kiosk_id``, ``epoch``, ``seq``, ``prev_hash``, ``hash``, ``signature``
(hex) and ``payload``, the exact bytes as a string; bytes that are no UTF-8 go as
``payload_base64``. The first line of an epoch also has ``public_key`` (hex), so that signatures
can be checked with nothing else at hand; the first key vouches for itself, because the kiosk's
name is made from it.
"""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import JournalError
from kiosk.journal.folds import Position
from kiosk.journal.store import START, Reader


class ExportLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry as a line; see the module."""

    kiosk_id: str
    epoch: int
    seq: int
    prev_hash: str
    hash: str
    signature: str
    payload: str | None = None
    payload_base64: str | None = None
    public_key: str | None = None


def line_of(entry: StoredEntry, public_key: bytes | None = None) -> bytes:
    """The line, without its line end."""
    try:
        payload: str | None = entry.payload.decode()
        payload_base64 = None
    except UnicodeDecodeError:
        payload, payload_base64 = None, base64.b64encode(entry.payload).decode()
    return msgspec.json.encode(
        ExportLine(
            entry.kiosk_id,
            entry.epoch,
            entry.seq,
            entry.prev_hash.hex(),
            entry.hash.hex(),
            entry.signature.hex(),
            payload,
            payload_base64,
            None if public_key is None else public_key.hex(),
        )
    )


def lines(reader: Reader, after: Position = START) -> Iterator[bytes]:
    """All entries after that one as lines with their line ends."""
    public_keys = {row.epoch: row.public_key for row in reader.epochs()}
    for entry in reader.entries(after):
        yield line_of(entry, public_keys.pop(entry.epoch, None)) + b"\n"


def write(reader: Reader, out: Path, after: Position, progress: Callable[[int], None]) -> int:
    """Writes the lines to a file, whole or not at all; returns how many.

    Raises:
        JournalError: when the file cannot be written; what stood there stays.
    """
    temporary = out.with_name(f"{out.name}.part")
    try:
        with temporary.open("wb") as file:
            count = write_to(file, reader, after, progress)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise JournalError(
            f"{out} cannot be written ({error.strerror}). Check the disk or name another file."
        ) from error
    return count


def write_to(
    file: BinaryIO, reader: Reader, after: Position, progress: Callable[[int], None]
) -> int:
    """Writes the lines to an open file; returns how many."""
    count = 0
    for line in lines(reader, after):
        file.write(line)
        count += 1
        progress(count)
    return count
