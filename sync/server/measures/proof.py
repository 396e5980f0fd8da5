"""Entries as evidence: each with a proof that is made anew from the stored bytes.

The hash over payload and the hash before it, and the kiosk's signature over that hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from kiosk.domain.chain import GENESIS, entry_hash, receipt_number, signature_is_valid
from sync.server.schema import entry, kiosk_epoch


@dataclass(frozen=True, slots=True)
class Proof:
    """What can be said for an entry.

    ``prev_hash`` None: the entry before it is not here, so the hash cannot be checked.
    ``is_signed`` None: the kiosk's key is not here.
    """

    prev_hash: bytes | None
    fits: bool | None
    is_signed: bool | None

    @property
    def holds(self) -> bool:
        """Both checks were made and passed."""
        return bool(self.fits and self.is_signed)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; ``type`` and ``at_ms`` are None for what this version cannot read."""

    kiosk_id: str
    epoch: int
    seq: int
    type: str | None
    at_ms: int | None
    received_ms: int
    hash: bytes
    signature: bytes
    payload: bytes
    proof: Proof

    @property
    def receipt(self) -> str:
        """Its receipt number."""
        return receipt_number(self.hash)

    @property
    def text(self) -> str:
        """The payload for a person; bytes that are no text are shown as such."""
        try:
            return msgspec.json.format(self.payload, indent=2).decode()
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self.payload.decode("utf-8", "backslashreplace")


def with_proof(connection: Connection, shop_id: int, found: Iterable[Row[Any]]) -> list[Line]:
    """Checks each entry's hash and signature from the stored bytes."""
    rows = list(found)
    before = _hashes_before(connection, shop_id, rows)
    keys = _keys(connection, rows)
    return [_line(row, before, keys) for row in rows]


def _line(
    row: Row[Any],
    before: dict[tuple[str, int, int], bytes],
    keys: dict[tuple[str, int], tuple[bytes, bytes]],
) -> Line:
    key, link = keys.get((row.kiosk_id, row.epoch), (None, None))
    prev = link if row.seq == 1 else before.get((row.kiosk_id, row.epoch, row.seq - 1))
    fits = None
    if prev is not None:
        digest = entry_hash(row.kiosk_id, row.epoch, row.seq, prev, row.payload)
        fits = digest == row.hash
    signed = None if key is None else signature_is_valid(key, row.hash, row.signature)
    return Line(
        row.kiosk_id,
        row.epoch,
        row.seq,
        row.type,
        row.at_ms,
        row.received_ms,
        row.hash,
        row.signature,
        row.payload,
        Proof(prev, fits, signed),
    )


def _hashes_before(
    connection: Connection, shop_id: int, rows: list[Row[Any]]
) -> dict[tuple[str, int, int], bytes]:
    """Of the entries before these; most stand among these themselves."""
    held = {(row.kiosk_id, row.epoch, row.seq): row.hash for row in rows}
    wanted: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        if row.seq > 1 and (row.kiosk_id, row.epoch, row.seq - 1) not in held:
            wanted.setdefault((row.kiosk_id, row.epoch), []).append(row.seq - 1)
    for (kiosk_id, epoch), numbers in wanted.items():
        found = connection.execute(
            select(entry.c.seq, entry.c.hash).where(
                entry.c.shop_id == shop_id,
                entry.c.kiosk_id == kiosk_id,
                entry.c.epoch == epoch,
                entry.c.seq.in_(numbers),
            )
        )
        held.update({(kiosk_id, epoch, seq): digest for seq, digest in found})
    return held


def _keys(
    connection: Connection, rows: list[Row[Any]]
) -> dict[tuple[str, int], tuple[bytes, bytes]]:
    found = connection.execute(
        select(kiosk_epoch).where(kiosk_epoch.c.kiosk_id.in_({row.kiosk_id for row in rows}))
    )
    return {(row.kiosk_id, row.epoch): (row.public_key, row.link_hash or GENESIS) for row in found}
