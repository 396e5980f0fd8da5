"""Sums of the money that volunteers counted, moved and spent, kept as journals come in.

What counts as what: :mod:`sync.server.money.box`. The sums stand in ``money_mark``, ``money_day``,
``money_month`` and ``cash_out``; journals are the truth, and :func:`rebuild` makes them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from kiosk.domain.entries import CashOut, CashReceived, decode
from kiosk.domain.ledger import day_of
from sync.server.money.box import MONEY_TYPES, SUMS, Box, moved, truly_made
from sync.server.money.cash_outs import note_received, note_taken
from sync.server.rollups.adding import Adding
from sync.server.rollups.true_times import Clocks, clocks_of
from sync.server.schema import entry, shop, watermark
from sync.server.schema.money import cash_out, money_day, money_mark, money_month
from sync.server.store import Store

ENTRIES_AT_ONCE = 5_000

_DAYS = Adding(money_day, ("shop_id", "day"), SUMS)
_MONTHS = Adding(money_month, ("shop_id", "month"), SUMS)

EpochOf = tuple[int, str, int]
"""Shop, kiosk, epoch."""


def catch_up(store: Store, shops: ColumnElement[bool]) -> None:
    """Brings the sums of these shops up to the journals that are here."""
    while behind := store.read(lambda connection: lagging(connection, shops)):
        # Now, not later: the work may run after the loop has gone on.
        store.write(lambda connection, keys=tuple(behind): keep(connection, keys))  # type: ignore[misc]


def lagging(connection: Connection, shops: ColumnElement[bool]) -> list[EpochOf]:
    """The epochs with entries that are not in the sums yet, in the order to fold them."""
    rows = connection.execute(
        select(watermark.c.shop_id, watermark.c.kiosk_id, watermark.c.epoch)
        .join(shop, shop.c.shop_id == watermark.c.shop_id)
        .outerjoin(money_mark, _same_epoch(money_mark.c, watermark.c))
        .where(shops, watermark.c.seq > func.coalesce(money_mark.c.seq, 0))
        .order_by(watermark.c.shop_id, watermark.c.kiosk_id, watermark.c.epoch)
    )
    return [(row.shop_id, row.kiosk_id, row.epoch) for row in rows]


def keep(connection: Connection, epochs: Iterable[EpochOf]) -> None:
    """Adds what is new in these epochs to the sums; what is in them already changes nothing.

    For the transaction that takes entries in, or any later one. At most ``ENTRIES_AT_ONCE``
    entries of each epoch; call again while :func:`lagging` names it.
    """
    for key in sorted(epochs):
        _keep_epoch(connection, key)


def rebuild(connection: Connection, shop_id: int) -> None:
    """Makes a shop's sums again from its journals."""
    for table in (money_mark, money_day, money_month, cash_out):
        connection.execute(delete(table).where(table.c.shop_id == shop_id))
    while behind := lagging(connection, shop.c.shop_id == shop_id):
        keep(connection, behind)


def move(connection: Connection, key: EpochOf, clocks: Clocks, since_seq: int) -> None:
    """Brings money before ``since_seq`` to the days on which clocks set since then say it was.

    What a count found depends on all before it, so the shop's sums are made again: volunteers'
    entries are few.
    """
    shop_id, kiosk_id, epoch = key
    for numbers in clocks.moved(kiosk_id, epoch, since_seq=since_seq):
        some = connection.execute(
            select(entry.c.seq)
            .where(_is(entry.c, key), entry.c.seq.between(numbers[0], numbers[-1]))
            .where(entry.c.type.in_(MONEY_TYPES))
            .limit(1)
        ).first()
        if some is not None:
            rebuild(connection, shop_id)
            return


def _keep_epoch(connection: Connection, key: EpochOf) -> None:
    # The same lock as taking in: nobody adds the same entries twice.
    top = connection.execute(
        select(watermark.c.seq).where(_is(watermark.c, key)).with_for_update()
    ).scalar_one()
    mark = connection.execute(select(money_mark).where(_is(money_mark.c, key))).one_or_none()
    done = 0 if mark is None else int(mark.seq)
    if done >= top:
        return
    box = (
        _box_before(connection, key) if mark is None else Box(mark.counted_tenge, mark.moved_tenge)
    )
    rows = connection.execute(
        select(entry.c.seq, entry.c.payload)
        .where(_is(entry.c, key), entry.c.seq > done, entry.c.seq <= top)
        .where(entry.c.type.in_(MONEY_TYPES))
        .order_by(entry.c.seq)
        .limit(ENTRIES_AT_ONCE)
    ).all()
    read_to = int(rows[-1].seq) if len(rows) == ENTRIES_AT_ONCE else int(top)
    _add_days(connection, key[0], _fold(connection, key, box, rows))
    values = {"seq": read_to, "counted_tenge": box.counted_tenge, "moved_tenge": box.moved_tenge}
    if mark is None:
        names = dict(zip(("shop_id", "kiosk_id", "epoch"), key, strict=True))
        connection.execute(insert(money_mark).values(**names, **values))
    else:
        connection.execute(update(money_mark).where(_is(money_mark.c, key)).values(**values))


def _box_before(connection: Connection, key: EpochOf) -> Box:
    """A new epoch goes on with the box as the kiosk's last epoch at this shop left it."""
    shop_id, kiosk_id, epoch = key
    row = connection.execute(
        select(money_mark)
        .where(money_mark.c.shop_id == shop_id, money_mark.c.kiosk_id == kiosk_id)
        .where(money_mark.c.epoch < epoch)
        .order_by(money_mark.c.epoch.desc())
        .limit(1)
    ).one_or_none()
    return Box(None, 0) if row is None else Box(row.counted_tenge, row.moved_tenge)


def _fold(
    connection: Connection, key: EpochOf, box: Box, rows: Sequence[Any]
) -> dict[date, dict[str, int]]:
    days: dict[date, dict[str, int]] = {}
    clocks = clocks_of(connection, key[0])
    for row in rows:
        record = truly_made(clocks, (*key[1:], row.seq), decode(row.payload))
        if isinstance(record.body, CashOut):
            note_taken(connection, (*key, row.seq), record, record.body)
        elif isinstance(record.body, CashReceived):
            note_received(connection, key, record, record.body)
        more = moved(box, record)
        if more:
            sums = days.setdefault(day_of(record.stamp.at_ms), dict.fromkeys(SUMS, 0))
            for name, value in more.items():
                sums[name] += value
    return days


def _add_days(connection: Connection, shop_id: int, days: dict[date, dict[str, int]]) -> None:
    months: dict[date, list[int]] = {}
    for day, sums in days.items():
        had = months.setdefault(day.replace(day=1), [0] * len(SUMS))
        months[day.replace(day=1)] = [n + sums[x] for n, x in zip(had, SUMS, strict=True)]
    # In order: two writers that take the same rows in another order would lock each other out.
    _DAYS.to(connection, [(shop_id, x, *(days[x][n] for n in SUMS)) for x in sorted(days)])
    _MONTHS.to(connection, [(shop_id, x, *months[x]) for x in sorted(months)])


def _is(columns: object, key: EpochOf) -> ColumnElement[bool]:
    shop_id, kiosk_id, epoch = key
    return and_(
        columns.shop_id == shop_id,  # type: ignore[attr-defined]
        columns.kiosk_id == kiosk_id,  # type: ignore[attr-defined]
        columns.epoch == epoch,  # type: ignore[attr-defined]
    )


def _same_epoch(left: object, right: object) -> ColumnElement[bool]:
    return and_(
        left.shop_id == right.shop_id,  # type: ignore[attr-defined]
        left.kiosk_id == right.kiosk_id,  # type: ignore[attr-defined]
        left.epoch == right.epoch,  # type: ignore[attr-defined]
    )
