"""The map of the country as tiles, one per region in its rough place, coloured by a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, select

from kiosk.domain.ledger import day_of
from kiosk.domain.visit_report import HONEST_PER_MILLE, TOLERABLE_PER_MILLE
from sync.server.accounts.roles import Scope
from sync.server.alarms.kinds import Kind, Severity
from sync.server.schema import region, shop, shop_day
from sync.server.schema.alarms import alarm, kiosk_fold

PLACES: Mapping[str, tuple[int, int]] = {
    "59": (1, 4),
    "27": (2, 1),
    "39": (2, 3),
    "11": (2, 4),
    "71": (2, 5),
    "55": (2, 6),
    "23": (3, 1),
    "15": (3, 2),
    "62": (3, 3),
    "35": (3, 4),
    "10": (3, 5),
    "63": (3, 6),
    "47": (4, 1),
    "43": (4, 2),
    "61": (4, 3),
    "31": (4, 4),
    "19": (4, 5),
    "33": (4, 6),
    "79": (5, 3),
    "75": (5, 5),
}
"""Region → row from the north and column from the west. No outline data with the regions of 2022
has a licence that fits, and a tile says as much."""

WEEK_DAYS = 7
_STEPS = 4


class Measure(StrEnum):
    """What the tiles show."""

    ATTENTION = "attention"
    TODAY = "today"
    WEEK = "week"
    SILENT = "silent"
    TILL = "till"


class Tone(StrEnum):
    """How a tile looks; its value always stands on it in words too."""

    NONE = "none"
    CALM = "calm"
    NOTICE = "notice"
    WARNING = "warning"
    URGENT = "urgent"
    AMOUNT_1 = "amount-1"
    AMOUNT_2 = "amount-2"
    AMOUNT_3 = "amount-3"
    AMOUNT_4 = "amount-4"


@dataclass(frozen=True, slots=True)
class Tile:
    """One region. ``value``: a count, tenge or per mille; None when there is nothing to show."""

    code: str
    names: Mapping[str, str]
    row: int
    column: int
    shops: int
    value: int | None
    tone: Tone


Values = dict[str, tuple[int, Tone]]
"""Region → value and look."""


def tiles(connection: Connection, scope: Scope, now_ms: int, measure: Measure) -> list[Tile]:
    """The regions of a person's part, from the north-west on."""
    seen = scope.shops()
    counts = connection.execute(
        select(shop.c.region_code, func.count()).where(seen).group_by(shop.c.region_code)
    )
    shops = {row[0]: int(row[1]) for row in counts}
    values = _READ[measure](connection, seen, now_ms)
    found = []
    for row in connection.execute(select(region).order_by(region.c.region_code)):
        code = row.region_code
        if code not in shops and not scope.holds(code, None):
            continue
        value, tone = values.get(code, (None, Tone.NONE))
        if code in shops and value is None and measure is not Measure.TILL:
            value, tone = 0, Tone.AMOUNT_1 if _is_amount(measure) else Tone.CALM
        names = {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}
        place = PLACES.get(code, (6, 1))
        found.append(Tile(code, names, *place, shops.get(code, 0), value, tone))
    return sorted(found, key=lambda tile: (tile.row, tile.column))


def most_first(found: list[Tile], measure: Measure) -> list[Tile]:
    """As a list on a small screen: what matters first; for the till ratio the lowest."""
    if measure is Measure.TILL:
        return sorted(found, key=lambda tile: (tile.value is None, tile.value or 0, tile.code))
    return sorted(found, key=lambda tile: (-(tile.value or 0), -tile.shops, tile.code))


def _is_amount(measure: Measure) -> bool:
    return measure in (Measure.TODAY, Measure.WEEK)


def unattended(connection: Connection, seen: ColumnElement[bool]) -> Values:
    """Open alarms that nobody looks after yet."""
    return _alarms(connection, seen, alarm.c.acked_ms.is_(None))


def _attention(connection: Connection, seen: ColumnElement[bool], _now_ms: int) -> Values:
    return unattended(connection, seen)


def _silent(connection: Connection, seen: ColumnElement[bool], _now_ms: int) -> Values:
    """Kiosks without contact, looked after or not."""
    return _alarms(connection, seen, alarm.c.kind == Kind.SILENT.value)


def _alarms(
    connection: Connection, seen: ColumnElement[bool], which: ColumnElement[bool]
) -> Values:
    rows = connection.execute(
        select(shop.c.region_code, func.count(), func.max(alarm.c.severity))
        .join(alarm, alarm.c.shop_id == shop.c.shop_id)
        .where(seen, alarm.c.closed_ms.is_(None), which)
        .group_by(shop.c.region_code)
    )
    tones = {
        Severity.NOTICE: Tone.NOTICE,
        Severity.WARNING: Tone.WARNING,
        Severity.URGENT: Tone.URGENT,
    }
    return {code: (count, tones[Severity(severity)]) for code, count, severity in rows}


def _collected(days: int) -> Callable[[Connection, ColumnElement[bool], int], Values]:
    def read(connection: Connection, seen: ColumnElement[bool], now_ms: int) -> Values:
        since = day_of(now_ms) - timedelta(days=days - 1)
        total = shop_day.c.cash_tenge + shop_day.c.qr_tenge + shop_day.c.left_to_cause_tenge
        rows = connection.execute(
            select(shop.c.region_code, func.sum(total))
            .join(shop_day, and_(shop_day.c.shop_id == shop.c.shop_id, shop_day.c.day >= since))
            .where(seen, shop_day.c.day <= day_of(now_ms))
            .group_by(shop.c.region_code)
        )
        sums = {code: int(tenge) for code, tenge in rows}
        most = max(sums.values(), default=0)
        return {code: (tenge, _amount_tone(tenge, most)) for code, tenge in sums.items()}

    return read


def _amount_tone(value: int, most: int) -> Tone:
    """Quarters of the largest value."""
    step = 1 if most <= 0 else max(1, min(_STEPS, 1 + value * _STEPS // (most + 1)))
    return Tone(f"amount-{step}")


def _till(connection: Connection, seen: ColumnElement[bool], _now_ms: int) -> Values:
    """Cash that was there ÷ cash that was due, over the last four weeks' counts."""
    rows = connection.execute(
        select(
            shop.c.region_code,
            func.sum(kiosk_fold.c.cash_due_tenge),
            func.sum(kiosk_fold.c.cash_difference_tenge),
        )
        .join(kiosk_fold, kiosk_fold.c.shop_id == shop.c.shop_id)
        .where(seen)
        .group_by(shop.c.region_code)
    )
    found: Values = {}
    for code, due_tenge, difference_tenge in rows:
        if due_tenge > 0:
            per_mille = int((due_tenge + difference_tenge) * 1000 // due_tenge)
            found[code] = (per_mille, _ratio_tone(per_mille))
    return found


def _ratio_tone(per_mille: int) -> Tone:
    if per_mille >= HONEST_PER_MILLE:
        return Tone.CALM
    return Tone.WARNING if per_mille >= TOLERABLE_PER_MILLE else Tone.URGENT


_READ: Mapping[Measure, Callable[[Connection, ColumnElement[bool], int], Values]] = {
    Measure.ATTENTION: _attention,
    Measure.TODAY: _collected(1),
    Measure.WEEK: _collected(WEEK_DAYS),
    Measure.SILENT: _silent,
    Measure.TILL: _till,
}
