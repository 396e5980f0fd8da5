"""All kiosks within a scope, one line each: who needs a look first, then by shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from sync.server.access import APPROVED, STATUSES
from sync.server.accounts.roles import Scope
from sync.server.kiosks.lines import IS_SILENT, SILENT, WELL, Brief, Line, lines_of
from sync.server.leaves import leaf_of
from sync.server.schema import kiosk_epoch, shop, watermark

PAGE_ROWS = 50
URGENT_ROWS = 20
"""Of a whole country: its regions stand on the same page."""
KIOSKS_AT_ONCE = 100
"""Of more nobody reads a list: regions first, as :mod:`sync.server.picking` does with shops."""
STATES = (*STATUSES, SILENT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which kiosks; empty means all. ``text`` is looked for in shop, short name and number."""

    region_code: str = ""
    state: str = ""
    text: str = ""
    page: int = 1

    @property
    def is_all(self) -> bool:
        """Whether nothing was chosen."""
        return not (self.region_code or self.state or self.text)


@dataclass(frozen=True, slots=True)
class RegionCount:
    """A region's kiosks: all, in use, of those without a connection, and others to look after."""

    kiosks: int
    approved: int
    silent: int
    others: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of kiosks. ``counts``: kiosks by state, of all within the scope and region.

    ``regions``: by code, when there are too many kiosks to list and nothing was chosen; the lines
    are then those that somebody has to look after, and ``found`` counts them.
    """

    lines: list[Line]
    found: int
    page: int
    pages: int
    counts: dict[str, int]
    regions: dict[str, RegionCount]


def kiosks_page(connection: Connection, scope: Scope, wanted: Wanted, now_ms: int) -> Page:
    """The kiosks that are wanted, a page at a time; a page beyond the last is the last."""
    everybody = _briefs(connection, scope, now_ms, region_code=wanted.region_code)
    counts = Counter(state for brief in everybody for state in brief.states)
    are_regions = scope.is_national and wanted.is_all and len(everybody) > KIOSKS_AT_ONCE
    words = wanted.text.casefold().split()
    some = [x for x in everybody if _is_found(x, wanted.state, words)]
    if are_regions:
        some = [brief for brief in some if brief.rank < WELL]
    found = sorted(some, key=_order)
    leaf = leaf_of(wanted.page, len(found), URGENT_ROWS if are_regions else PAGE_ROWS)
    return Page(
        lines_of(connection, leaf.of(found), now_ms),
        len(found),
        leaf.number,
        leaf.leaves,
        {state: counts[state] for state in STATES},
        _by_region(everybody) if are_regions else {},
    )


def line_of(connection: Connection, scope: Scope, kiosk_id: str, now_ms: int) -> Line | None:
    """One kiosk's line, or None when it was never at a shop within the scope."""
    briefs = _briefs(connection, scope, now_ms, kiosk_id=kiosk_id)
    found = lines_of(connection, briefs, now_ms)
    return found[0] if found else None


def _by_region(briefs: Iterable[Brief]) -> dict[str, RegionCount]:
    counts: dict[str, list[int]] = {}
    for brief in briefs:
        here = counts.setdefault(brief.region_code, [0, 0, 0, 0])
        here[0] += 1
        here[1] += APPROVED in brief.states
        here[2] += SILENT in brief.states
        here[3] += brief.rank < IS_SILENT
    # Where most of them need somebody stands first.
    order = sorted(counts, key=lambda code: (-counts[code][2] - counts[code][3], code))
    return {code: RegionCount(*counts[code]) for code in order}


def _briefs(
    connection: Connection, scope: Scope, now_ms: int, *, kiosk_id: str = "", region_code: str = ""
) -> list[Brief]:
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
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.kiosk_id, []).append(row)
    briefs = [Brief(epochs, now_ms) for epochs in found.values()]
    # Not in the statement: a kiosk that moved is where its newest epoch is.
    return [x for x in briefs if x.region_code == region_code] if region_code else briefs


def _is_found(brief: Brief, state: str, words: Sequence[str]) -> bool:
    if state and state not in brief.states:
        return False
    if not words:
        return True
    row = brief.newest
    place = f"{row.kiosk_id} {row.slug} {row.name}".casefold()
    return all(word in place for word in words)


def _order(brief: Brief) -> tuple[int, str, str]:
    """Who needs somebody first, then by shop."""
    row = brief.newest
    return brief.rank, row.name.casefold(), row.kiosk_id
