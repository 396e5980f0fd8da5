"""What the first page shows: each shop at a glance, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    cast,
    func,
    select,
    text,
)

from kiosk.domain.ledger import KAZAKHSTAN, DayTotals, day_of
from sync.server import access
from sync.server.calls import counts, ids, open_help_calls, unknown_codes
from sync.server.kiosks.aside import open_of
from sync.server.rollups import TOTALS
from sync.server.schema import (
    entry,
    kiosk_epoch,
    quarantine,
    region,
    shop,
    shop_day,
    watermark,
)

SEEN_LATELY_MS = 15 * 60 * 1000


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
    waiting: int | None
    forked: bool


_NO_KIOSKS = _Kiosks(0, None, None, False)
_NOTHING = DayTotals()


def overview(connection: Connection, now_ms: int, seen: ColumnElement[bool]) -> Overview:
    """Reads the first page's figures; ``seen`` is the condition on ``shop``."""
    kiosks = _kiosks(connection, seen)
    days = _days(connection, now_ms, seen)
    waiting = kiosk_epoch.c.status == access.PENDING
    pending = counts(connection, kiosk_epoch.c.shop_id, waiting)
    calls = open_help_calls(connection, now_ms, seen)
    aside = counts(connection, quarantine.c.shop_id, open_of())
    unreadable = counts(connection, entry.c.shop_id, text("NOT readable"))
    regions = {
        code: {"kk": kk, "ru": ru, "en": en}
        for code, kk, ru, en in connection.execute(
            select(region.c.region_code, region.c.name_kk, region.c.name_ru, region.c.name_en)
        )
    }
    rows = connection.execute(
        select(shop.c.shop_id, shop.c.name, shop.c.slug, shop.c.region_code)
        .where(seen)
        .order_by(shop.c.region_code, shop.c.name)
    )
    lines = []
    for shop_id, name, slug, region_code in rows:
        place = kiosks.get(shop_id, _NO_KIOSKS)
        seen_ms = place.last_seen_ms
        lines.append(
            ShopLine(
                name,
                slug,
                regions[region_code],
                place.kiosks,
                pending.get(shop_id, 0),
                None if seen_ms is None else _moment(seen_ms),
                seen_ms is not None and now_ms - seen_ms <= SEEN_LATELY_MS,
                place.waiting,
                days.get(shop_id, _NOTHING),
                calls.get(shop_id, 0),
                aside.get(shop_id, 0),
                unreadable.get(shop_id, 0),
                place.forked,
            )
        )
    return Overview(_moment(now_ms), tuple(lines), unknown_codes(connection, now_ms, seen))


def _kiosks(connection: Connection, seen: ColumnElement[bool]) -> dict[int, _Kiosks]:
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
        .where(kiosk_epoch.c.status == access.APPROVED, watermark.c.shop_id.in_(ids(seen)))
        .group_by(watermark.c.shop_id)
    )
    return {
        shop_id: _Kiosks(count, seen_ms, max(0, int(waiting)), bool(forked))
        for shop_id, count, seen_ms, waiting, forked in rows
    }


def _days(connection: Connection, now_ms: int, seen: ColumnElement[bool]) -> dict[int, DayTotals]:
    """Today of each shop; by the shops, since the key of the days begins with them."""
    rows = connection.execute(
        select(shop_day.c.shop_id, *(shop_day.c[name] for name in TOTALS)).where(
            shop_day.c.shop_id.in_(ids(seen)), shop_day.c.day == day_of(now_ms)
        )
    )
    return {shop_id: DayTotals(*totals) for shop_id, *totals in rows}


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(0, KAZAKHSTAN) + timedelta(milliseconds=at_ms)
