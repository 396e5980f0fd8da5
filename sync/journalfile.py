"""Journals as files: one line of JSON per entry, as ``journal export`` writes them.

    {"kiosk_id": …, "epoch": 1, "seq": 1, "prev_hash": hex, "hash": hex, "signature": hex,
     "payload": "…"}          (or payload_base64 when the bytes are not UTF-8)

The first line of an epoch also has ``public_key`` (hex). They travel on a USB stick where there is no network, and can be checked by anyone for ever.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import msgspec

from kiosk.domain.chain import (
    GENESIS,
    Fault,
    Head,
    StoredEntry,
    kiosk_id_of,
    link_faults,
    signature_faults,
)
from kiosk.domain.errors import WireError
from sync.wire import payload_bytes


class _Line(msgspec.Struct, frozen=True):
    kiosk_id: str
    epoch: int
    seq: int
    prev_hash: str
    hash: str
    signature: str
    payload: str | None = None
    payload_base64: str | None = None
    public_key: str | None = None


_LINE_DECODER = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and its epoch's public key (32 raw bytes) where the line names it."""

    entry: StoredEntry
    public_key: bytes | None


def read_lines(lines: Iterable[bytes], name: str) -> Iterator[Line]:
    """Entries in the order of the file; empty lines are passed over.

    Raises:
        WireError: naming the file and the line.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _read(_LINE_DECODER.decode(line))
        except (msgspec.MsgspecError, WireError, ValueError) as error:
            raise WireError(f"{name}, line {number} is no journal entry: {error}") from error


def read_file(path: Path) -> Iterator[Line]:
    """Entries of a file.

    Raises:
        WireError: when it cannot be read; names the line.
    """
    try:
        with path.open("rb") as file:
            yield from read_lines(file, str(path))
    except OSError as error:
        raise WireError(f"{path} cannot be read: {error.strerror}.") from error


@dataclass(frozen=True, slots=True)
class EpochReport:
    """What checking one epoch of one kiosk gave.

    ``signed``: whether all signatures hold; None when no key was at hand. ``key_known``: whether
    that key is the one that names the kiosk or was given by the person who checks, rather than
    only claimed by the file.
    """

    kiosk_id: str
    epoch: int
    entries: int
    first_seq: int
    head: Head
    signed: bool | None
    key_known: bool
    faults: tuple[Fault, ...]


def verify(
    lines: Iterable[Line], given_keys: Mapping[int, bytes] | None = None
) -> Iterator[EpochReport]:
    """Checks a journal, epoch by epoch: numbers, links, hashes and signatures.

    A file may begin in the middle of an epoch; from there on nothing may be missing. What a
    chain cannot show by itself is that entries at its end are missing.

    Args:
        lines: of one kiosk or several, each in order.
        given_keys: epoch → 32 raw bytes, known from elsewhere; they win over the file's.
    """
    given = given_keys or {}
    seen: dict[str, set[bytes]] = {}
    for (kiosk_id, epoch), group in groupby(lines, lambda x: (x.entry.kiosk_id, x.entry.epoch)):
        run = list(group)
        entries = [line.entry for line in run]
        faults = [*_start_faults(entries[0], seen.get(kiosk_id))]
        first = entries[0]
        faults += link_faults(entries, Head(epoch, first.seq - 1, first.prev_hash))
        key = given.get(epoch, run[0].public_key)
        own = key is not None and epoch == 1 and kiosk_id_of(key) == kiosk_id
        if key is not None and epoch == 1 and not own:
            faults.append(Fault(1, first.seq, "comes with a key that is not this kiosk's"))
        unsigned = [] if key is None else list(signature_faults(entries, key))
        seen.setdefault(kiosk_id, set()).update(entry.hash for entry in entries)
        yield EpochReport(
            kiosk_id,
            epoch,
            len(entries),
            first.seq,
            entries[-1].head,
            None if key is None else not unsigned,
            own or epoch in given,
            (*faults, *unsigned),
        )


def _start_faults(first: StoredEntry, seen: set[bytes] | None) -> Iterator[Fault]:
    """What is wrong with how an epoch begins; ``seen`` None when nothing came before it."""
    if first.seq == 1 and first.epoch == 1 and first.prev_hash != GENESIS:
        yield Fault(1, 1, "does not begin at the genesis")
    if seen is None:
        return
    if first.seq != 1:
        yield Fault(first.epoch, first.seq, "begins its epoch, with a gap")
    elif first.prev_hash not in seen:
        yield Fault(
            first.epoch,
            1,
            "follows an entry that the file lacks: some are missing, or there were two branches",
        )


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Whose journal a file holds."""

    kiosk_id: str
    epoch: int


@dataclass
class FileJournal:
    """A journal from a file, to be sent like a living one; carries no suggestions' words."""

    entries: Sequence[StoredEntry]
    identity: FileIdentity = field(init=False)

    def __post_init__(self) -> None:
        kiosks = {entry.kiosk_id for entry in self.entries}
        if len(kiosks) != 1:
            raise WireError(f"The file holds journals of {len(kiosks)} kiosks; one is needed.")
        self.entries = sorted(self.entries, key=_place)
        self.identity = FileIdentity(kiosks.pop(), self.entries[-1].epoch)

    def head(self) -> Head:
        """The last entry of the file."""
        return self.entries[-1].head

    def read_since(self, epoch: int, seq: int, limit: int = 200) -> Sequence[StoredEntry]:
        """Entries after that one."""
        start = bisect_right(self.entries, (epoch, seq), key=_place)
        return self.entries[start : start + limit]

    def pending_suggestions(self, limit: int = 20) -> Sequence[tuple[str, str, str]]:
        """None: words stay on the kiosk."""
        return ()

    def mark_suggestion_sent(self, suggestion_id: str) -> None:
        """Nothing to do."""


def _place(entry: StoredEntry) -> tuple[int, int]:
    return entry.epoch, entry.seq


def _read(line: _Line) -> Line:
    entry = StoredEntry(
        line.kiosk_id,
        line.epoch,
        line.seq,
        bytes.fromhex(line.prev_hash),
        bytes.fromhex(line.hash),
        payload_bytes(line.payload, line.payload_base64),
        bytes.fromhex(line.signature),
    )
    return Line(entry, None if line.public_key is None else bytes.fromhex(line.public_key))
