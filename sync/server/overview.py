"""What the first page shows: each shop at a glance, and what needs a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    TextClause,
    and_,
    cast,
    exists,
    func,
    select,
    text,
    tuple_,
)

from kiosk.domain.ledger import KAZAKHSTAN, DayTotals, day_of
from sync.server import access
from sync.server.alarms.find import known_codes
from sync.server.rollups import TOTALS
from sync.server.schema import (
    IS_ATTENTION,
    VISIT_TYPES,
    entry,
    kiosk_epoch,
    quarantine,
    region,
    shop,
    shop_day,
    watermark,
)

SEEN_LATELY_MS = 15 * 60 * 1000
LOOK_BACK_MS = 30 * 24 * 3600 * 1000
SCANS_READ_MAX = 2000
CODES_SHOWN_MAX = 12


@dataclass(frozen=True, slots=True)
class ShopLine:
    """One shop. ``waiting`` is None while no kiosk said how much it has."""

    name: str
    slug: str
    region_names: Mapping[str, str]
    kiosks: int
    pending: int
    last_seen: datetime | None
    online: bool
    waiting: int | None
    today: DayTotals
    help_calls: int
    aside: int
    unreadable: int
    forked: bool

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look."""
        counts = (self.pending, self.help_calls, self.aside, self.unreadable)
        return self.forked or any(counts)


@dataclass(frozen=True, slots=True)
class Overview:
    """All shops, and their sums."""

    now: datetime
    shops: tuple[ShopLine, ...]
    unknown_codes: tuple[tuple[str, int], ...]

    @property
    def sales(self) -> int:
        """Sales of today."""
        return sum(line.today.sales for line in self.shops)

    @property
    def collected_tenge(self) -> int:
        """What shoppers say they left today."""
        return sum(line.today.collected_tenge for line in self.shops)

    @property
    def help_calls(self) -> int:
        """Calls for a volunteer that nobody has answered by coming."""
        return sum(line.help_calls for line in self.shops)

    @property
    def aside(self) -> int:
        """Entries in quarantine."""
        return sum(line.aside for line in self.shops)

    @property
    def online(self) -> int:
        """Shops heard of lately."""
        return sum(line.online for line in self.shops)


@dataclass(frozen=True, slots=True)
class _Kiosks:
    kiosks: int
    last_seen_ms: int | None
    waiting: int
    forked: bool


def overview(connection: Connection, now_ms: int, seen: ColumnElement[bool]) -> Overview:
    """Reads the first page's figures; ``seen`` is the condition on ``shop``."""
    kiosks = _kiosks(connection)
    days = _days(connection, now_ms)
    waiting = kiosk_epoch.c.status == access.PENDING
    pending = _counts(connection, kiosk_epoch.c.shop_id, waiting)
    calls = _open_help_calls(connection, now_ms)
    aside = _counts(connection, quarantine.c.shop_id)
    unreadable = _counts(connection, entry.c.shop_id, text("NOT readable"))
    rows = connection.execute(
        select(shop, region.c.name_kk, region.c.name_ru, region.c.name_en)
        .join(region, region.c.region_code == shop.c.region_code)
        .where(seen)
        .order_by(shop.c.region_code, shop.c.name)
    )
    lines = []
    for row in rows:
        place = kiosks.get(row.shop_id)
        seen_ms = place.last_seen_ms if place else None
        lines.append(
            ShopLine(
                row.name,
                row.slug,
                {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en},
                place.kiosks if place else 0,
                pending.get(row.shop_id, 0),
                None if seen_ms is None else _moment(seen_ms),
                seen_ms is not None and now_ms - seen_ms <= SEEN_LATELY_MS,
                place.waiting if place else None,
                days.get(row.shop_id, DayTotals()),
                calls.get(row.shop_id, 0),
                aside.get(row.shop_id, 0),
                unreadable.get(row.shop_id, 0),
                place.forked if place else False,
            )
        )
    return Overview(_moment(now_ms), tuple(lines), _unknown_codes(connection, now_ms, seen))


def _kiosks(connection: Connection) -> dict[int, _Kiosks]:
    """Per shop: its kiosks in use, whether or not they ever sent an entry."""
    rows = connection.execute(
        select(
            watermark.c.shop_id,
            func.count(),
            func.max(watermark.c.last_seen_ms),
            func.sum(watermark.c.kiosk_head_seq - watermark.c.seq),
            func.max(cast(watermark.c.forked, Integer)),
        )
        .join(
            kiosk_epoch,
            and_(
                kiosk_epoch.c.shop_id == watermark.c.shop_id,
                kiosk_epoch.c.kiosk_id == watermark.c.kiosk_id,
                kiosk_epoch.c.epoch == watermark.c.epoch,
            ),
        )
        .where(kiosk_epoch.c.status == access.APPROVED)
        .group_by(watermark.c.shop_id)
    )
    return {
        shop_id: _Kiosks(count, seen_ms, max(0, int(waiting)), bool(forked))
        for shop_id, count, seen_ms, waiting, forked in rows
    }


def _days(connection: Connection, now_ms: int) -> dict[int, DayTotals]:
    rows = connection.execute(select(shop_day).where(shop_day.c.day == day_of(now_ms)))
    return {
        row["shop_id"]: DayTotals(**{name: row[name] for name in TOTALS}) for row in rows.mappings()
    }


def _open_help_calls(connection: Connection, now_ms: int) -> dict[int, int]:
    """Calls after which no volunteer has left an entry at that kiosk."""
    visit = entry.alias("visit")
    answered = exists().where(
        visit.c.shop_id == entry.c.shop_id,
        visit.c.type.in_(VISIT_TYPES),
        visit.c.kiosk_id == entry.c.kiosk_id,
        tuple_(visit.c.epoch, visit.c.seq) > tuple_(entry.c.epoch, entry.c.seq),
    )
    return _counts(
        connection,
        entry.c.shop_id,
        IS_ATTENTION,
        entry.c.type == "help_call",
        entry.c.received_ms >= now_ms - LOOK_BACK_MS,
        ~answered,
    )


def _unknown_codes(
    connection: Connection, now_ms: int, seen: ColumnElement[bool]
) -> tuple[tuple[str, int], ...]:
    """Codes scanned lately that today's catalogue still does not know, the most wanted first."""
    payloads = connection.execute(
        select(entry.c.payload)
        .where(
            IS_ATTENTION,
            entry.c.type == "unknown_scan",
            entry.c.shop_id.in_(select(shop.c.shop_id).where(seen)),
            entry.c.received_ms >= now_ms - LOOK_BACK_MS,
        )
        .order_by(entry.c.received_ms.desc())
        .limit(SCANS_READ_MAX)
    ).scalars()
    scans = [msgspec.json.decode(payload, type=_ScannedCode) for payload in payloads]
    known = known_codes(connection)
    counted = Counter(
        (scan.gtin14.lstrip("0") if scan.gtin14 else scan.text)[:80]
        for scan in scans
        if scan.gtin14 not in known
    )
    return tuple(counted.most_common(CODES_SHOWN_MAX))


class _ScannedCode(msgspec.Struct):
    text: str
    gtin14: str | None


def _counts(
    connection: Connection, shop_id: Column[int], *where: ColumnElement[bool] | TextClause
) -> dict[int, int]:
    """How many rows each shop has."""
    rows = connection.execute(select(shop_id, func.count()).where(*where).group_by(shop_id))
    return {row[0]: row[1] for row in rows}


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(0, KAZAKHSTAN) + timedelta(milliseconds=at_ms)
