"""One kiosk's line on the list: what is read of all of them, and what is added to those shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from sync.server.access import APPROVED, PENDING, SUSPENDED
from sync.server.alarms.state import read_clock
from sync.server.kiosks.aside import open_of
from sync.server.measures.health import CONNECTED_MS
from sync.server.schema import kiosk, quarantine, region
from sync.server.schema.alarms import kiosk_fold
from sync.server.schema.catalogue import kiosk_catalogue
from sync.server.schema.kiosks import kiosk_successor

SILENT = "silent"
"""Not a status of its own: in use, and not heard of lately."""


@dataclass(frozen=True, slots=True)
class Line:
    """One kiosk as its newest epoch within the scope stands.

    ``waiting``: entries that it said it has and that are not here, over all its epochs.
    ``clock_ahead_ms``: None until the centre's clock was compared. ``catalogue_version``: None
    until it said which one it has. ``aside``: entries in quarantine that nobody decided about.
    """

    kiosk_id: str
    epoch: int
    epochs: int
    status: str
    slug: str
    shop_name: str
    shop_id: int
    region_code: str
    region_names: dict[str, str]
    software: str
    last_seen_ms: int | None
    waiting: int
    entries: int
    forked: bool
    is_connected: bool
    successor: str | None
    clock_ahead_ms: int | None
    catalogue_version: int | None
    aside: int


_FIRST = {PENDING: 0, SUSPENDED: 2}
_FORKED, IS_SILENT, WELL = 1, 3, 4
"""Who waits for somebody, who has two branches, who was taken out of use, who is silent, all others."""


class Brief:
    """What is read of every kiosk: enough to find, order and count; plain, for it is many."""

    __slots__ = ("last_seen_ms", "newest", "rank", "region_code", "rows", "states")

    def __init__(self, rows: Sequence[Any], now_ms: int) -> None:
        """``rows``: its epochs. ``states``: its status, and whether it is silent: whoever is
        silent is in use all the same. ``rank``: see :data:`WELL`."""
        self.rows = rows
        self.newest = newest = rows[0] if len(rows) == 1 else max(rows, key=_epoch)
        last = newest.last_seen_ms
        if len(rows) > 1:
            last = max((x for row in rows if (x := row.last_seen_ms) is not None), default=None)
        self.last_seen_ms: int | None = last
        self.region_code: str = newest.region_code
        status: str = newest.status
        self.states: tuple[str, ...] = (status,)
        self.rank = _FIRST.get(status, WELL)
        if status == APPROVED:
            is_silent = last is None or now_ms - last > CONNECTED_MS
            self.states = (status, SILENT) if is_silent else (status,)
            self.rank = _FORKED if newest.forked else IS_SILENT if is_silent else WELL

    @property
    def epochs(self) -> int:
        """How many it had."""
        return len(self.rows)

    @property
    def entries(self) -> int:
        """That are here, over all its epochs."""
        return sum(row.seq or 0 for row in self.rows)

    @property
    def waiting(self) -> int:
        """That it said it has and that are not here."""
        return sum(max(0, (row.kiosk_head_seq or 0) - (row.seq or 0)) for row in self.rows)


def lines_of(connection: Connection, briefs: Sequence[Brief], now_ms: int) -> list[Line]:
    """The kiosks that are shown, with what is only asked for them."""
    ids = [brief.newest.kiosk_id for brief in briefs]
    places = {brief.newest.shop_id for brief in briefs}
    if not ids:
        return []
    names = {
        row.region_code: {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}
        for row in connection.execute(select(region))
    }
    software = dict(
        connection.execute(
            select(kiosk.c.kiosk_id, kiosk.c.software).where(kiosk.c.kiosk_id.in_(ids))
        ).all()
    )
    versions = _by_kiosk(
        connection,
        select(
            kiosk_catalogue.c.shop_id, kiosk_catalogue.c.kiosk_id, kiosk_catalogue.c.version
        ).where(kiosk_catalogue.c.shop_id.in_(places), kiosk_catalogue.c.kiosk_id.in_(ids)),
    )
    clocks = _clocks(connection, places, ids)
    aside = _by_kiosk(
        connection,
        select(quarantine.c.shop_id, quarantine.c.kiosk_id, func.count())
        .where(quarantine.c.shop_id.in_(places), quarantine.c.kiosk_id.in_(ids), open_of())
        .group_by(quarantine.c.shop_id, quarantine.c.kiosk_id),
    )
    after = connection.execute(
        select(kiosk_successor.c.old_kiosk_id, kiosk_successor.c.kiosk_id).where(
            kiosk_successor.c.shop_id.in_(places), kiosk_successor.c.old_kiosk_id.in_(ids)
        )
    )
    successors = {row.old_kiosk_id: row.kiosk_id for row in after}
    return [
        Line(
            kiosk_id=row.kiosk_id,
            epoch=row.epoch,
            epochs=brief.epochs,
            status=row.status,
            slug=row.slug,
            shop_name=row.name,
            shop_id=row.shop_id,
            region_code=row.region_code,
            region_names=names[row.region_code],
            software=software.get(row.kiosk_id, ""),
            last_seen_ms=brief.last_seen_ms,
            waiting=brief.waiting,
            entries=brief.entries,
            forked=bool(row.forked),
            is_connected=_is_connected(brief.last_seen_ms, now_ms),
            successor=successors.get(row.kiosk_id),
            clock_ahead_ms=clocks.get((row.shop_id, row.kiosk_id)),
            catalogue_version=versions.get((row.shop_id, row.kiosk_id)),
            aside=aside.get((row.shop_id, row.kiosk_id), 0),
        )
        for brief in briefs
        for row in (brief.newest,)
    ]


def _clocks(connection: Connection, places: set[int], ids: list[str]) -> dict[tuple[int, str], int]:
    """How far the clocks were off, as the alarms' folds know it."""
    rows = connection.execute(
        select(
            kiosk_fold.c.shop_id, kiosk_fold.c.kiosk_id, kiosk_fold.c.version, kiosk_fold.c.state
        ).where(kiosk_fold.c.shop_id.in_(places), kiosk_fold.c.kiosk_id.in_(ids))
    ).all()
    clocks = {(row.shop_id, row.kiosk_id): read_clock(row.version, row.state) for row in rows}
    return {key: ahead_ms for key, ahead_ms in clocks.items() if ahead_ms is not None}


def _by_kiosk(connection: Connection, statement: Any) -> dict[tuple[int, str], int]:
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(statement)}


def _epoch(row: Any) -> int:
    return int(row.epoch)


def _is_connected(last_seen_ms: int | None, now_ms: int) -> bool:
    return last_seen_ms is not None and now_ms - last_seen_ms <= CONNECTED_MS
