"""All kiosks within a scope, one line each: who needs a look first, then by shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from sync.server.access import APPROVED, PENDING, STATUSES, SUSPENDED
from sync.server.accounts.roles import Scope
from sync.server.kiosks.lines import SILENT, Brief, Line, lines_of
from sync.server.schema import kiosk_epoch, shop, watermark

PAGE_ROWS = 50
STATES = (*STATUSES, SILENT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which kiosks; empty means all. ``text`` is looked for in shop, short name and number."""

    region_code: str = ""
    state: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of kiosks. ``counts``: kiosks by state, of all within the scope and region."""

    lines: list[Line]
    found: int
    page: int
    pages: int
    counts: dict[str, int]


def kiosks_page(connection: Connection, scope: Scope, wanted: Wanted, now_ms: int) -> Page:
    """The kiosks that are wanted, a page at a time; a page beyond the last is the last."""
    everybody = [
        brief
        for brief in _briefs(connection, scope)
        if wanted.region_code in ("", brief.newest.region_code)
    ]
    counts = Counter(state for brief in everybody for state in brief.states(now_ms))
    words = wanted.text.casefold().split()
    found = sorted(
        (
            brief
            for brief in everybody
            if wanted.state in ("", *brief.states(now_ms)) and _has(brief.newest, words)
        ),
        key=_order,
    )
    pages = max(1, -(-len(found) // PAGE_ROWS))
    number = min(max(1, wanted.page), pages)
    shown = found[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    return Page(
        lines_of(connection, shown, now_ms),
        len(found),
        number,
        pages,
        {state: counts[state] for state in STATES},
    )


def line_of(connection: Connection, scope: Scope, kiosk_id: str, now_ms: int) -> Line | None:
    """One kiosk's line, or None when it was never at a shop within the scope."""
    found = lines_of(connection, list(_briefs(connection, scope, kiosk_id)), now_ms)
    return found[0] if found else None


def _briefs(connection: Connection, scope: Scope, kiosk_id: str = "") -> Iterable[Brief]:
    # Searching happens here and not in the database: SQLite knows no Cyrillic capitals, and a
    # thousand short rows are read in a few milliseconds.
    rows = connection.execute(
        select(
            kiosk_epoch.c.kiosk_id,
            kiosk_epoch.c.epoch,
            kiosk_epoch.c.status,
            shop.c.shop_id,
            shop.c.slug,
            shop.c.name,
            shop.c.region_code,
            watermark.c.last_seen_ms,
            watermark.c.seq,
            watermark.c.kiosk_head_seq,
            watermark.c.forked,
        )
        .join(shop, shop.c.shop_id == kiosk_epoch.c.shop_id)
        .outerjoin(
            watermark,
            and_(
                watermark.c.shop_id == kiosk_epoch.c.shop_id,
                watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id,
                watermark.c.epoch == kiosk_epoch.c.epoch,
            ),
        )
        .where(scope.shops(), *([kiosk_epoch.c.kiosk_id == kiosk_id] if kiosk_id else []))
    ).all()
    found: dict[str, Brief] = {}
    for row in rows:
        known = found.get(row.kiosk_id)
        if known is None:
            found[row.kiosk_id] = Brief(row)
        else:
            known.add(row)
    return found.values()


def _has(row: Any, words: Sequence[str]) -> bool:
    if not words:
        return True
    place = f"{row.kiosk_id} {row.slug} {row.name}".casefold()
    return all(word in place for word in words)


_FIRST = {PENDING: 0, SUSPENDED: 2}


def _order(brief: Brief) -> tuple[int, str, str]:
    """Who waits for somebody, who has two branches, then by shop."""
    row = brief.newest
    rank = 1 if row.forked and row.status == APPROVED else _FIRST.get(row.status, 3)
    return rank, row.name.casefold(), row.kiosk_id
