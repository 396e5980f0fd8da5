"""Looks at all kiosks and shops for what needs a person; a few indexed queries, no journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
from sqlalchemy import ColumnElement, Connection, TextClause, and_, func, select, text

from kiosk.domain.ledger import day_of
from sync.server import access, catalogues
from sync.server.alarms.kinds import Alarm, Kind, Severity, step_of
from sync.server.alarms.signs import (
    CODE_SCANS_MIN,
    NAMES_SHOWN,
    KioskNow,
    signs_of,
    wanted_codes,
)
from sync.server.alarms.state import read_state
from sync.server.kiosks.aside import open_of
from sync.server.schema import entry, kiosk_epoch, quarantine, watermark
from sync.server.schema.alarms import kiosk_fold
from sync.server.set_aside import full_shops
from sync.wire import CatalogueDocument


def find(connection: Connection, now_ms: int) -> list[Alarm]:
    """All that is the matter now, of all shops; each (shop, kind, key) at most once.

    As fresh as the states of :mod:`sync.server.alarms.folds` are.
    """
    kiosks = list(_kiosks(connection))
    found = [alarm for kiosk in kiosks for alarm in signs_of(kiosk, now_ms)]
    found += _unknown_codes(connection, kiosks, now_ms)
    found += _quarantined(connection)
    found += _unreadable(connection)
    found += _pending(connection)
    return found


def _kiosks(connection: Connection) -> Iterator[KioskNow]:
    """Kiosks in use: one epoch each, the one that is approved."""
    rows = connection.execute(
        select(
            kiosk_epoch.c.shop_id,
            kiosk_epoch.c.kiosk_id,
            watermark.c.last_seen_ms,
            watermark.c.kiosk_head_seq,
            watermark.c.seq,
            watermark.c.forked,
            kiosk_fold.c.version,
            kiosk_fold.c.state,
        )
        .join(
            watermark,
            and_(
                watermark.c.shop_id == kiosk_epoch.c.shop_id,
                watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id,
                watermark.c.epoch == kiosk_epoch.c.epoch,
            ),
        )
        .outerjoin(
            kiosk_fold,
            and_(
                kiosk_fold.c.shop_id == kiosk_epoch.c.shop_id,
                kiosk_fold.c.kiosk_id == kiosk_epoch.c.kiosk_id,
            ),
        )
        .where(kiosk_epoch.c.status == access.APPROVED)
    )
    for row in rows:
        yield KioskNow(
            row.shop_id,
            row.kiosk_id,
            row.last_seen_ms,
            max(0, row.kiosk_head_seq - row.seq),
            row.forked,
            read_state(row.version, row.state),
        )


def _unknown_codes(connection: Connection, kiosks: list[KioskNow], now_ms: int) -> Iterator[Alarm]:
    known, today = known_codes(connection), day_of(now_ms).toordinal()
    by_shop: dict[int, Counter[str]] = {}
    for kiosk in kiosks:
        codes = wanted_codes(kiosk.state, known, today)
        by_shop.setdefault(kiosk.shop_id, Counter()).update(codes)
    for shop_id, codes_of_shop in by_shop.items():
        often = [pair for pair in codes_of_shop.most_common() if pair[1] >= CODE_SCANS_MIN]
        if often:
            yield Alarm(
                shop_id,
                Kind.UNKNOWN_CODES,
                "",
                Severity.NOTICE,
                step_of(len(often)),
                detail={
                    "codes": [[_printed(code), times] for code, times in often[:NAMES_SHOWN]],
                    "count": len(often),
                },
            )


def _printed(code: str) -> str:
    """A GTIN-14 as it stands on the pack: without the zeros it was filled up with."""
    return code.lstrip("0") or code if code.isdigit() and len(code) == 14 else code


def known_codes(connection: Connection) -> frozenset[str]:
    """The codes that today's catalogue knows."""
    found = catalogues.current_document(connection)
    if found is None:
        return frozenset()
    document = msgspec.json.decode(found[1], type=CatalogueDocument)
    return frozenset(code for product in document.products for code in product.codes)


_FULL_STEP = 100


def _quarantined(connection: Connection) -> Iterator[Alarm]:
    full = full_shops(connection)
    rows = connection.execute(
        select(
            quarantine.c.shop_id,
            func.count().label("count"),
            func.min(quarantine.c.received_ms).label("since_ms"),
        )
        .where(open_of())
        .group_by(quarantine.c.shop_id)
    )
    for row in rows:
        count = int(row._mapping["count"])
        yield Alarm(
            row.shop_id,
            Kind.QUARANTINE,
            "",
            Severity.URGENT,
            # Worse than any number: what comes now is not kept any more.
            step_of(count) + (_FULL_STEP if row.shop_id in full else 0),
            row.since_ms,
            {"count": count, "full": True} if row.shop_id in full else {"count": count},
        )


def _unreadable(connection: Connection) -> Iterator[Alarm]:
    for shop_id, count in _counts(connection, entry.c.shop_id, text("NOT readable")):
        yield Alarm(
            shop_id, Kind.UNREADABLE, "", Severity.NOTICE, step_of(count), detail={"count": count}
        )


def _pending(connection: Connection) -> Iterator[Alarm]:
    pending = kiosk_epoch.c.status == access.PENDING
    for shop_id, count in _counts(connection, kiosk_epoch.c.shop_id, pending):
        yield Alarm(shop_id, Kind.PENDING, "", Severity.WARNING, count, detail={"count": count})


def _counts(
    connection: Connection, shop_id: ColumnElement[int], where: ColumnElement[bool] | TextClause
) -> list[tuple[int, int]]:
    rows = connection.execute(select(shop_id, func.count()).where(where).group_by(shop_id))
    return [(row[0], row[1]) for row in rows]
