"""Entries in quarantine: what speaks for each, and what somebody decided about it.

They are evidence and never change. A decision lies beside an entry: *genuine* says that it was
looked into and is this kiosk's own, *aside* that it stays unexplained. Neither puts it into the
journal: its number is taken there or its proof does not hold, and a chain with such an entry in
it would prove nothing any more. What its sale brought shows in the next cash count. Decided
entries raise no alarm.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, select
from sqlalchemy import func as sql

from kiosk.domain.chain import entry_hash, signature_is_valid
from sync.server.accounts.roles import Scope
from sync.server.leaves import leaf_of
from sync.server.rollups import read_payload
from sync.server.schema import account, entry, kiosk_epoch, quarantine, shop
from sync.server.schema.kiosks import quarantine_decision

OPEN, DECIDED = "open", "decided"
PAGE_ROWS = 50
_SAME = and_(
    quarantine_decision.c.shop_id == quarantine.c.shop_id,
    quarantine_decision.c.kiosk_id == quarantine.c.kiosk_id,
    quarantine_decision.c.epoch == quarantine.c.epoch,
    quarantine_decision.c.seq == quarantine.c.seq,
    quarantine_decision.c.content_sha256 == quarantine.c.content_sha256,
)


@dataclass(frozen=True, slots=True)
class Aside:
    """One entry in quarantine.

    ``name``: as forms name it. ``fits``: its hash is that of its bytes. ``is_signed``: by the key
    of its epoch. ``here``: ``same`` when this very entry stands in the journal by now, ``other``
    when another one has its number, else empty. ``type`` and ``at_ms`` as it says itself.
    """

    name: str
    epoch: int
    seq: int
    reason: str
    received_ms: int
    type: str | None
    at_ms: int | None
    text: str
    hash: str
    prev_hash: str
    fits: bool
    is_signed: bool
    here: str
    decision: str | None
    note: str
    decided_by: str | None
    decided_ms: int | None


@dataclass(frozen=True, slots=True)
class AsidePage:
    """One page; ``counts`` by (epoch, reason) of all that are open, in order."""

    entries: list[Aside]
    found: int
    page: int
    pages: int
    open: int
    decided: int
    counts: list[tuple[int, str, int]]


def open_of() -> ColumnElement[bool]:
    """The condition on ``quarantine``: nobody decided about it yet."""
    return ~exists().where(_SAME).correlate(quarantine)


def aside_page(
    connection: Connection, scope: Scope, kiosk_id: str, which: str, number: int
) -> AsidePage:
    """A kiosk's entries in quarantine at shops within scope, in the order of their numbers."""
    mine = within(scope, kiosk_id)
    counts = [
        (int(row[0]), str(row[1]), int(row[2]))
        for row in connection.execute(
            select(quarantine.c.epoch, quarantine.c.reason, sql.count())
            .where(*mine, open_of())
            .group_by(quarantine.c.epoch, quarantine.c.reason)
            .order_by(quarantine.c.epoch, quarantine.c.reason)
        )
    ]
    still_open = sum(count for *_, count in counts)
    all_of_it = connection.execute(
        select(sql.count()).select_from(quarantine).where(*mine)
    ).scalar_one()
    decided = int(all_of_it) - still_open
    found = decided if which == DECIDED else still_open
    leaf = leaf_of(number, found, PAGE_ROWS)
    lies_beside = quarantine_decision.c.decision.is_not(None)
    rows = connection.execute(
        select(
            quarantine,
            kiosk_epoch.c.public_key,
            entry.c.hash.label("held"),
            quarantine_decision.c.decision,
            quarantine_decision.c.note,
            quarantine_decision.c.decided_ms,
            account.c.name.label("decided_by"),
        )
        .outerjoin(
            kiosk_epoch,
            and_(
                kiosk_epoch.c.kiosk_id == quarantine.c.kiosk_id,
                kiosk_epoch.c.epoch == quarantine.c.epoch,
            ),
        )
        .outerjoin(
            entry,
            and_(
                entry.c.shop_id == quarantine.c.shop_id,
                entry.c.kiosk_id == quarantine.c.kiosk_id,
                entry.c.epoch == quarantine.c.epoch,
                entry.c.seq == quarantine.c.seq,
            ),
        )
        .outerjoin(quarantine_decision, _SAME)
        .outerjoin(account, account.c.account_id == quarantine_decision.c.account_id)
        .where(*mine, lies_beside if which == DECIDED else ~lies_beside)
        .order_by(quarantine.c.epoch, quarantine.c.seq, quarantine.c.content_sha256)
        .offset(leaf.skipped)
        .limit(leaf.rows)
    )
    entries = [_aside(row) for row in rows]
    return AsidePage(entries, found, leaf.number, leaf.leaves, still_open, decided, counts)


def within(scope: Scope, kiosk_id: str) -> tuple[ColumnElement[bool], ...]:
    """The condition on ``quarantine``: of that kiosk, at shops that somebody sees."""
    shops = select(shop.c.shop_id).where(scope.shops())
    return quarantine.c.kiosk_id == kiosk_id, quarantine.c.shop_id.in_(shops)


def _aside(row: Any) -> Aside:
    reading = read_payload(row.payload)
    digest = entry_hash(row.kiosk_id, row.epoch, row.seq, row.prev_hash, row.payload)
    key = row.public_key
    return Aside(
        f"one:{row.epoch}:{row.seq}:{bytes(row.content_sha256).hex()}",
        row.epoch,
        row.seq,
        row.reason,
        row.received_ms,
        reading.type,
        reading.at_ms,
        _text(row.payload),
        bytes(row.hash).hex(),
        bytes(row.prev_hash).hex(),
        digest == row.hash,
        key is not None and signature_is_valid(key, row.hash, row.signature),
        "" if row.held is None else "same" if row.held == row.hash else "other",
        row.decision,
        row.note or "",
        row.decided_by,
        row.decided_ms,
    )


def _text(payload: bytes) -> str:
    """The payload for a person; bytes that are no JSON are shown as such."""
    try:
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return payload.decode("utf-8", "backslashreplace")
