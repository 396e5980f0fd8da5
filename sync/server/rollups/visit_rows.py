"""Keeping ``visit`` in step with a kiosk's entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from kiosk.domain.entries import decode
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import day_of
from sync.server.marks import EpochKey
from sync.server.rollups.reading import Reading, read_payload
from sync.server.rollups.true_times import Clocks, clocks_of
from sync.server.rollups.visits import (
    OPENING_TYPES,
    READ_TYPES,
    Mark,
    Numbered,
    Visit,
    VisitEntry,
    Visits,
    visit_name,
)
from sync.server.schema import IS_ATTENTION, entry
from sync.server.schema.journals import IS_VISIT
from sync.server.schema.rollups import visit, visit_mark

_MARK_FIELDS = tuple(field.name for field in fields(Mark))
_VISIT_FIELDS = tuple(field.name for field in fields(Visit))
_ROWS_AT_ONCE = 200
_TENGE_MAX = 10**17
"""Nonsense from a broken kiosk must not stop its journal: a column takes no more than 2⁶³."""


def keep_visits(connection: Connection, shop_id: int, kiosk_id: str, epoch: int) -> date:
    """Works a kiosk's visits out as far as its entries go; the earliest day that changed by it.

    Only the entries since the last time are read: each is read once in its life. When older ones
    came late (an earlier epoch by USB stick) the kiosk's visits are worked out anew.
    """
    found = connection.execute(
        select(*(visit_mark.c[name] for name in _MARK_FIELDS)).where(
            _of(visit_mark, shop_id, kiosk_id)
        )
    ).one_or_none()
    mark = Mark(*found) if found is not None else Mark()
    first = date.max
    if mark.epoch > epoch:
        forget(connection, shop_id, kiosk_id)
        mark, first = Mark(), date.min
    worked_out = Visits(mark, lambda name: _find(connection, shop_id, kiosk_id, name))
    worked_out.add(
        _entries_after(connection, shop_id, kiosk_id, mark, clocks_of(connection, shop_id))
    )
    store(connection, shop_id, kiosk_id, worked_out)
    return min([first, *(day_of(one.began_ms) for one in worked_out.touched.values())])


def move_visits(
    connection: Connection, key: EpochKey, clocks: Clocks, since_seq: int
) -> list[date]:
    """Brings visits before ``since_seq`` to the days on which clocks set since then say they were.

    Only times change. A visit may have entries on both sides of a ``clock_set``, so they are read
    from all of the kiosk's visits, which are few.

    Returns:
        The days that changed.
    """
    shop_id, kiosk_id, epoch = key
    moved = clocks.moved(kiosk_id, epoch, since_seq=since_seq)
    if not moved:
        return []
    times: dict[str, list[int]] = {}
    names = set()
    for one in _visit_entries(connection, shop_id, kiosk_id, clocks):
        assert one.body is not None
        name = visit_name(one.epoch, one.seq, one.body.form_id)
        times.setdefault(name, []).append(one.at_ms)
        if one.epoch == epoch and any(one.seq in numbers for numbers in moved):
            names.add(name)
    changed = []
    for name in sorted(names):
        row = _find(connection, shop_id, kiosk_id, name)
        began_ms, ended_ms = times[name][0], max(times[name])
        if row is None or (row.began_ms, row.ended_ms) == (began_ms, ended_ms):
            continue
        connection.execute(
            update(visit)
            .where(_of(visit, shop_id, kiosk_id), visit.c.visit_id == name)
            .values(began_ms=began_ms, ended_ms=ended_ms, day=day_of(began_ms))
        )
        changed += [day_of(row.began_ms), day_of(began_ms)]
    return changed


def forget(connection: Connection, shop_id: int, kiosk_id: str) -> None:
    """Takes a kiosk's visits away, to be worked out anew."""
    for table in (visit, visit_mark):
        connection.execute(delete(table).where(_of(table, shop_id, kiosk_id)))


def kept(connection: Connection, shop_id: int, kiosk_id: str) -> dict[str, Visit]:
    """The visits that are kept, by id."""
    rows = connection.execute(_select_visits().where(_of(visit, shop_id, kiosk_id)))
    return {row.visit_id: Visit(*row) for row in rows}


def store(connection: Connection, shop_id: int, kiosk_id: str, worked_out: Visits) -> None:
    """Keeps what was worked out, over what was kept of the same visits."""
    key = {"shop_id": shop_id, "kiosk_id": kiosk_id}
    names = sorted(worked_out.touched)
    for start in range(0, len(names), _ROWS_AT_ONCE):
        some = names[start : start + _ROWS_AT_ONCE]
        connection.execute(
            delete(visit).where(_of(visit, shop_id, kiosk_id), visit.c.visit_id.in_(some))
        )
        found = (worked_out.touched[name] for name in some)
        rows = [{**key, "day": day_of(one.began_ms), **_values(one)} for one in found]
        connection.execute(insert(visit), rows)
    connection.execute(delete(visit_mark).where(_of(visit_mark, shop_id, kiosk_id)))
    connection.execute(insert(visit_mark).values(**key, **bounded(asdict(worked_out.mark))))


def bounded(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers as a column can hold them."""
    return {
        name: max(-_TENGE_MAX, min(value, _TENGE_MAX)) if isinstance(value, int) else value
        for name, value in values.items()
    }


def _values(one: Visit) -> dict[str, Any]:
    return bounded({name: getattr(one, name) for name in _VISIT_FIELDS})


def has_visits(connection: Connection, shop_id: int, kiosk_id: str) -> bool:
    """Through the index of rare entries: most sales need not be read for nothing."""
    query = select(entry.c.seq).where(
        _of(entry, shop_id, kiosk_id), IS_ATTENTION, entry.c.type.in_(sorted(OPENING_TYPES))
    )
    return connection.execute(query.limit(1)).first() is not None


def _find(connection: Connection, shop_id: int, kiosk_id: str, visit_id: str) -> Visit | None:
    row = connection.execute(
        _select_visits().where(_of(visit, shop_id, kiosk_id), visit.c.visit_id == visit_id)
    ).one_or_none()
    return None if row is None else Visit(*row)


def _visit_entries(
    connection: Connection, shop_id: int, kiosk_id: str, clocks: Clocks
) -> Iterator[Numbered]:
    """A kiosk's entries of visits alone, in the journal's order, through their own index."""
    rows = connection.execute(
        select(entry.c.epoch, entry.c.seq, entry.c.type, entry.c.at_ms, entry.c.payload)
        .where(_of(entry, shop_id, kiosk_id), IS_VISIT, entry.c.type.in_(sorted(OPENING_TYPES)))
        .order_by(entry.c.epoch, entry.c.seq)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for row in rows:
        yield from _numbered(row, None, kiosk_id, clocks)


def _entries_after(
    connection: Connection, shop_id: int, kiosk_id: str, mark: Mark, clocks: Clocks
) -> Iterator[Numbered]:
    """What a visit is made of, in the journal's order, a few at a time."""
    rows = connection.execute(
        select(entry.c.epoch, entry.c.seq, entry.c.type, entry.c.at_ms, entry.c.payload)
        .where(
            _of(entry, shop_id, kiosk_id),
            or_(
                entry.c.epoch > mark.epoch,
                and_(entry.c.epoch == mark.epoch, entry.c.seq > mark.seq),
            ),
            entry.c.type.in_(sorted(READ_TYPES)),
        )
        .order_by(entry.c.epoch, entry.c.seq)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for row in rows:
        reading = None if row.type in OPENING_TYPES else read_payload(row.payload)
        yield from _numbered(row, reading, kiosk_id, clocks)


def numbered(
    rows: Sequence[Any], readings: Sequence[Reading], kiosk_id: str, clocks: Clocks
) -> Iterator[Numbered]:
    """What visits are made of, of a kiosk's entries in order that were read already."""
    for row, reading in zip(rows, readings, strict=True):
        if row.type in READ_TYPES:
            yield from _numbered(row, reading, kiosk_id, clocks)


def _numbered(
    row: Any, reading: Reading | None, kiosk_id: str, clocks: Clocks
) -> Iterator[Numbered]:
    if row.type not in OPENING_TYPES:
        assert reading is not None
        yield Numbered(row.epoch, row.seq, row.at_ms, None, reading.totals)
        return
    # Stored as readable, so this can only fail where an older version had read it.
    with suppress(AdalError, ValueError):
        found = decode(row.payload)
        if isinstance(found.body, VisitEntry):
            at_ms = clocks.true_ms(kiosk_id, row.epoch, row.seq, found.stamp)
            yield Numbered(row.epoch, row.seq, at_ms, found.body)


def _select_visits() -> Select[Any]:
    return select(*(visit.c[name] for name in _VISIT_FIELDS))


def _of(table: Table, shop_id: int, kiosk_id: str) -> ColumnElement[bool]:
    return and_(table.c.shop_id == shop_id, table.c.kiosk_id == kiosk_id)
