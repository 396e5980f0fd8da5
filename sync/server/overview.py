"""What the first page shows: regions and shops at a glance, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    select,
    text,
)

from kiosk.domain.ledger import KAZAKHSTAN, DayTotals, day_of
from sync.server import access
from sync.server.accounts.roles import Scope
from sync.server.alarms.desk import open_calls
from sync.server.calls import counts, ids, open_help_calls, unknown_codes
from sync.server.kiosks.aside import open_of
from sync.server.picking import SHOPS_AT_ONCE, Picked, Wanted, pick
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
from sync.server.tiles import unattended

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
class RegionLine:
    """One region. ``alarms``: open ones that nobody looks after yet."""

    code: str
    names: Mapping[str, str]
    shops: int
    online: int
    waiting: int
    sales: int
    collected_tenge: int
    alarms: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A person's regions, those that need somebody first; the shops that the page lists.

    ``unknown_codes`` is None where they are too many to look for: the catalogue's inbox has them.
    """

    now: datetime
    regions: tuple[RegionLine, ...]
    picked: Picked
    shops: tuple[ShopLine, ...]
    help_calls: int
    aside: int
    unknown_codes: tuple[tuple[str, int], ...] | None

    @property
    def shop_count(self) -> int:
        """All shops that the person sees."""
        return sum(line.shops for line in self.regions)

    @property
    def sales(self) -> int:
        """Sales of today."""
        return sum(line.sales for line in self.regions)

    @property
    def collected_tenge(self) -> int:
        """What shoppers say they left today."""
        return sum(line.collected_tenge for line in self.regions)

    @property
    def online(self) -> int:
        """Shops heard of lately."""
        return sum(line.online for line in self.regions)


@dataclass(frozen=True, slots=True)
class _Kiosks:
    kiosks: int
    last_seen_ms: int | None
    waiting: int | None
    forked: bool


_NO_KIOSKS = _Kiosks(0, None, None, False)
_NOTHING = DayTotals()
Names = Mapping[str, Mapping[str, str]]


def overview(connection: Connection, scope: Scope, wanted: Wanted, now_ms: int) -> Overview:
    """Reads the first page's figures.

    Raises:
        ProblemError: as :func:`sync.server.picking.pick`.
    """
    seen = scope.shops()
    picked = pick(connection, scope, wanted)
    names = {
        code: {"kk": kk, "ru": ru, "en": en}
        for code, kk, ru, en in connection.execute(
            select(region.c.region_code, region.c.name_kk, region.c.name_ru, region.c.name_en)
        )
    }
    regions = _regions(connection, seen, names, now_ms)
    is_large = scope.is_national and sum(line.shops for line in regions) > SHOPS_AT_ONCE
    # Of a thousand shops the alarms say it, which are half a minute old at most.
    asked = shop.c.shop_id.in_(picked.ids) if is_large else seen
    calls = open_help_calls(connection, now_ms, asked) if picked.ids or not is_large else {}
    aside = counts(connection, quarantine.c.shop_id, open_of(), quarantine.c.shop_id.in_(ids(seen)))
    return Overview(
        _moment(now_ms),
        regions,
        picked,
        _shops(connection, picked, names, calls, aside, now_ms) if picked.ids else (),
        open_calls(connection, seen) if is_large else sum(calls.values()),
        sum(aside.values()),
        None if is_large else unknown_codes(connection, now_ms, seen),
    )


# --- regions ---


def _regions(
    connection: Connection, seen: ColumnElement[bool], names: Names, now_ms: int
) -> tuple[RegionLine, ...]:
    since_ms = now_ms - SEEN_LATELY_MS
    kiosks = _kiosks_of(ids(seen)).subquery("kiosks")
    is_online = case((kiosks.c.seen_ms >= since_ms, 1), else_=0)
    waiting = case((kiosks.c.waiting > 0, kiosks.c.waiting), else_=0)
    places = connection.execute(
        select(shop.c.region_code, func.count(), func.sum(is_online), func.sum(waiting))
        .outerjoin(kiosks, kiosks.c.shop_id == shop.c.shop_id)
        .where(seen)
        .group_by(shop.c.region_code)
    ).all()
    total = shop_day.c.cash_tenge + shop_day.c.qr_tenge + shop_day.c.left_to_cause_tenge
    rows = connection.execute(
        select(shop.c.region_code, func.sum(shop_day.c.sales), func.sum(total))
        .join(
            shop_day, and_(shop_day.c.shop_id == shop.c.shop_id, shop_day.c.day == day_of(now_ms))
        )
        .where(seen)
        .group_by(shop.c.region_code)
    )
    sold = {code: (int(sales), int(tenge)) for code, sales, tenge in rows}
    alarms = unattended(connection, seen)
    lines = (
        RegionLine(
            code,
            names[code],
            int(count),
            int(online),
            int(waiting),
            *sold.get(code, (0, 0)),
            alarms[code][0] if code in alarms else 0,
        )
        for code, count, online, waiting in places
    )
    return tuple(sorted(lines, key=lambda line: (-line.alarms, line.code)))


# --- shops ---


def _shops(
    connection: Connection,
    picked: Picked,
    names: Names,
    calls: Mapping[int, int],
    aside: Mapping[int, int],
    now_ms: int,
) -> tuple[ShopLine, ...]:
    """The lines of those that the page lists, in their order."""
    kiosks = _kiosks(connection, picked.ids)
    days = _days(connection, now_ms, picked.ids)
    waiting = kiosk_epoch.c.status == access.PENDING
    of_page = kiosk_epoch.c.shop_id.in_(picked.ids)
    pending = counts(connection, kiosk_epoch.c.shop_id, waiting, of_page)
    unreadable = counts(connection, entry.c.shop_id, text("NOT readable"))
    rows = connection.execute(
        select(shop.c.shop_id, shop.c.name, shop.c.slug, shop.c.region_code).where(
            picked.seen, shop.c.shop_id.in_(picked.ids)
        )
    )
    lines = {}
    for shop_id, name, slug, region_code in rows:
        place = kiosks.get(shop_id, _NO_KIOSKS)
        seen_ms = place.last_seen_ms
        lines[shop_id] = ShopLine(
            name,
            slug,
            names[region_code],
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
    return tuple(lines[shop_id] for shop_id in picked.ids)


def _kiosks(connection: Connection, shop_ids: list[int]) -> dict[int, _Kiosks]:
    """Per shop: its kiosks in use, whether or not they ever sent an entry."""
    return {
        shop_id: _Kiosks(count, seen_ms, max(0, int(waiting)), bool(forked))
        for shop_id, count, seen_ms, waiting, forked in connection.execute(_kiosks_of(shop_ids))
    }


def _kiosks_of(shop_ids: list[int] | Select[tuple[int]]) -> Select[Any]:
    return (
        select(
            watermark.c.shop_id,
            func.count().label("kiosks"),
            func.max(watermark.c.last_seen_ms).label("seen_ms"),
            func.sum(watermark.c.kiosk_head_seq - watermark.c.seq).label("waiting"),
            func.max(cast(watermark.c.forked, Integer)).label("forked"),
        )
        .join(
            kiosk_epoch,
            and_(
                kiosk_epoch.c.shop_id == watermark.c.shop_id,
                kiosk_epoch.c.kiosk_id == watermark.c.kiosk_id,
                kiosk_epoch.c.epoch == watermark.c.epoch,
            ),
        )
        .where(kiosk_epoch.c.status == access.APPROVED, watermark.c.shop_id.in_(shop_ids))
        .group_by(watermark.c.shop_id)
    )


def _days(connection: Connection, now_ms: int, shop_ids: list[int]) -> dict[int, DayTotals]:
    """Today of each shop."""
    rows = connection.execute(
        select(shop_day.c.shop_id, *(shop_day.c[name] for name in TOTALS)).where(
            shop_day.c.shop_id.in_(shop_ids), shop_day.c.day == day_of(now_ms)
        )
    )
    return {shop_id: DayTotals(*totals) for shop_id, *totals in rows}


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(0, KAZAKHSTAN) + timedelta(milliseconds=at_ms)
