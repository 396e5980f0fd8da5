"""Since when an alarm is open, and what channels must hear of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from sync.server.alarms.kinds import SETTLE_MS, Alarm, Kind
from sync.server.schema.alarms import alarm


class What(StrEnum):
    """What happened to an alarm."""

    OPENED = "opened"
    WORSE = "worse"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class News:
    """Something that channels should hear."""

    what: What
    shop_id: int
    kind: Kind
    key: str
    severity: int
    since_ms: int
    detail: str


Name = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class _Step:
    """What one alarm's row becomes, and what channels should hear of it."""

    name: Name
    is_new: bool
    values: Mapping[str, Any]
    news: News | None


def differences(connection: Connection, found: Iterable[Alarm], now_ms: int) -> set[Name]:
    """The alarms whose rows do not say what was found; mostly none."""
    now = {one.name: one for one in found}
    rows = connection.execute(select(alarm).where(alarm.c.closed_ms.is_(None)))
    held = {(row.shop_id, row.kind, row.key): row for row in rows}
    return {
        name
        for name in held.keys() | now.keys()
        if _step(name, now.get(name), held.get(name), now_ms) is not None
    }


def write_down(
    connection: Connection, found: Iterable[Alarm], names: Iterable[Name], now_ms: int
) -> list[News]:
    """Opens, changes and closes the named alarms so that the book says what was found."""
    now = {one.name: one for one in found}
    news = []
    # In order, or two workers could lock each other out.
    for name in sorted(names):
        # Locked, or an acknowledgement could get lost between reading and writing.
        row = connection.execute(
            select(alarm).where(is_named(name)).with_for_update()
        ).one_or_none()
        step = _step(name, now.get(name), row, now_ms)
        if step is None:
            continue
        if step.is_new:
            keys = dict(zip(("shop_id", "kind", "key"), name, strict=True))
            connection.execute(insert(alarm).values(**keys, **step.values))
        else:
            connection.execute(update(alarm).where(is_named(name)).values(**step.values))
        news += [] if step.news is None else [step.news]
    return news


def _step(name: Name, one: Alarm | None, row: Row[Any] | None, now_ms: int) -> _Step | None:
    """What has to be done; None for nothing."""
    is_open = row is not None and row.closed_ms is None
    if one is None:
        return _close(name, row, now_ms) if row is not None and is_open else None
    if row is None or not is_open:
        return _open(one, row is None, now_ms)
    return _go_on(one, row, now_ms)


def _open(one: Alarm, is_new: bool, now_ms: int) -> _Step:
    told = SETTLE_MS.get(one.kind, 0) == 0
    since_ms = now_ms if one.since_ms is None else one.since_ms
    values = {
        **_values(one),
        "since_ms": since_ms,
        "opened_ms": now_ms,
        "last_ms": now_ms,
        "closed_ms": None,
        "acked_ms": None,
        "acked_by": None,
        "acked_level": None,
        "ack_note": "",
        "told_level": one.level if told else None,
    }
    return _Step(one.name, is_new, values, _news(What.OPENED, one, since_ms) if told else None)


def _go_on(one: Alarm, row: Row[Any], now_ms: int) -> _Step | None:
    values = _values(one)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        changed["last_ms"] = now_ms
    changed |= _moved(one, row)
    acked = row.acked_ms is not None
    if acked and one.level > row.acked_level:
        changed["acked_ms"], acked = None, False
    news = None
    settled = now_ms - row.opened_ms >= SETTLE_MS.get(one.kind, 0)
    if settled and not acked and (row.told_level is None or one.level > row.told_level):
        changed["told_level"] = one.level
        what = What.OPENED if row.told_level is None else What.WORSE
        news = _news(what, one, changed.get("since_ms", row.since_ms))
    return _Step(one.name, False, changed, news) if changed else None


_BY_KIOSK_CLOCK = frozenset({Kind.HELP, Kind.CASH_GAP, Kind.PIN})


def _moved(one: Alarm, row: Row[Any]) -> dict[str, Any]:
    """A beginning that a kiosk told by a wrong clock, which was set since: the same, at its time."""
    is_same = _figures(dict(one.detail)) == _figures(json.loads(row.detail))
    if one.kind not in _BY_KIOSK_CLOCK or one.since_ms in (None, row.since_ms) or not is_same:
        return {}
    return {"since_ms": one.since_ms}


def _figures(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if not name.endswith("_ms")}


def _close(name: Name, row: Row[Any], now_ms: int) -> _Step:
    news = None
    # A kind that an older version knew is closed without a word.
    if row.told_level is not None and row.kind in list(Kind):
        news = News(
            What.CLOSED,
            row.shop_id,
            Kind(row.kind),
            row.key,
            row.severity,
            row.since_ms,
            row.detail,
        )
    return _Step(name, False, {"closed_ms": now_ms, "last_ms": now_ms}, news)


def _values(one: Alarm) -> dict[str, Any]:
    detail = json.dumps(dict(one.detail), ensure_ascii=False, sort_keys=True)
    return {"severity": int(one.severity), "level": one.level, "detail": detail}


def _news(what: What, one: Alarm, since_ms: int) -> News:
    return News(
        what, one.shop_id, one.kind, one.key, one.severity, since_ms, _values(one)["detail"]
    )


def is_named(name: Name) -> ColumnElement[bool]:
    """The condition on ``alarm`` that is true for one row."""
    return and_(alarm.c.shop_id == name[0], alarm.c.kind == name[1], alarm.c.key == name[2])
