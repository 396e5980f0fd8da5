"""Which version of the catalogue each kiosk has, and which one waits for it.

A kiosk has what it said last. What waits is its own list where one was made for it, else its
shop's, else the newest version of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)

from sync.server.access import APPROVED
from sync.server.catalogues import documents
from sync.server.schema import kiosk, kiosk_epoch, shop
from sync.server.schema.catalogue import kiosk_catalogue, shop_catalogue


@dataclass(frozen=True, slots=True)
class Holding:
    """A kiosk that may send. ``version``: None until it said which one it has.

    ``wanted``: the one that waits for it, 0 before the first.
    """

    kiosk_id: str
    shop_id: int
    name: str
    slug: str
    version: int | None
    reported_ms: int | None
    wanted: int

    @property
    def is_current(self) -> bool:
        """Whether nothing waits for it."""
        return bool(self.wanted) and self.version == self.wanted


@dataclass(frozen=True, slots=True)
class RegionCount:
    """Kiosks of a region that may send, and those of them for which a version waits."""

    kiosks: int
    behind: int


def by_region(connection: Connection, seen: ColumnElement[bool]) -> dict[str, RegionCount]:
    """The regions with kiosks at shops that fit ``seen``, by code: where most wait comes first."""
    wanted = _wanted(documents.current_version(connection))
    behind = cast(func.sum(_is_behind(wanted)), BigInteger)
    asked = _from(select(shop.c.region_code, func.count(), behind), seen)
    rows = connection.execute(
        asked.group_by(shop.c.region_code).order_by(behind.desc(), shop.c.region_code)
    )
    return {code: RegionCount(kiosks, late) for code, kiosks, late in rows.all()}


def holdings(connection: Connection, seen: ColumnElement[bool]) -> list[Holding]:
    """The kiosks of these shops: those for which a version waits first, then by their shops."""
    wanted = _wanted(documents.current_version(connection))
    asked = _from(_columns(wanted), seen).order_by(
        _is_behind(wanted).desc(), shop.c.name, kiosk.c.kiosk_id
    )
    return [Holding(*row) for row in connection.execute(asked).all()]


def waiting_longest(connection: Connection, seen: ColumnElement[bool], limit: int) -> list[Holding]:
    """Kiosks for which a version waits: those that never told one, then the oldest word first."""
    wanted = _wanted(documents.current_version(connection))
    asked = (
        _from(_columns(wanted), seen)
        .where(_is_behind(wanted) == 1)
        .order_by(func.coalesce(kiosk_catalogue.c.reported_ms, 0), shop.c.name, kiosk.c.kiosk_id)
        .limit(limit)
    )
    return [Holding(*row) for row in connection.execute(asked).all()]


_own = shop_catalogue.alias("own")
_common = shop_catalogue.alias("common")


def _wanted(newest: int) -> ColumnElement[int]:
    return func.coalesce(_own.c.version, _common.c.version, literal(newest))


def _is_behind(wanted: ColumnElement[int]) -> ColumnElement[int]:
    """1 where a version waits, also for a kiosk that told none: NULL is not true."""
    return case((and_(kiosk_catalogue.c.version == wanted, wanted > 0), 0), else_=1)


def _columns(wanted: ColumnElement[int]) -> Select[Any]:
    return select(
        kiosk.c.kiosk_id,
        shop.c.shop_id,
        shop.c.name,
        shop.c.slug,
        kiosk_catalogue.c.version,
        kiosk_catalogue.c.reported_ms,
        wanted,
    )


def _from(asked: Select[Any], seen: ColumnElement[bool]) -> Select[Any]:
    """Kiosks that may send, beside the three tables that say what they have and should have."""
    epochs = kiosk_epoch.c
    return (
        asked.select_from(kiosk)
        .join(shop, shop.c.shop_id == kiosk.c.shop_id)
        .outerjoin(
            kiosk_catalogue,
            (kiosk_catalogue.c.shop_id == kiosk.c.shop_id)
            & (kiosk_catalogue.c.kiosk_id == kiosk.c.kiosk_id),
        )
        .outerjoin(
            _own, (_own.c.shop_id == kiosk.c.shop_id) & (_own.c.kiosk_id == kiosk.c.kiosk_id)
        )
        .outerjoin(_common, (_common.c.shop_id == kiosk.c.shop_id) & (_common.c.kiosk_id == ""))
        .where(
            seen,
            select(epochs.epoch)
            .where(epochs.kiosk_id == kiosk.c.kiosk_id, epochs.status == APPROVED)
            .exists(),
        )
    )
