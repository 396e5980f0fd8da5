"""Keeping the states of all kiosks up to date, entry by entry as they come in.

A state is a cache: thrown away, it is built again from entry 1, a bounded number of entries each
time so that nobody waits for it. When a clock is set, a state that counted what came before by its
stamps goes back to where the machine started, and counts it again on the true days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection, and_, delete, insert, or_, select, tuple_

from kiosk.domain.entries import decode
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import day_of
from sync.server.alarms.counting import Received, back, fold
from sync.server.alarms.state import BEGINNING, VERSION, Place, State, forget, read_state
from sync.server.rollups.true_times import Clocks, clocks_of
from sync.server.schema import entry, watermark
from sync.server.schema.alarms import kiosk_fold
from sync.server.store import Store

ENTRIES_PER_RUN = 20_000
_ENTRIES_PER_READ = 2_000
_KIOSKS_PER_ROUND = 200

Row = tuple[int, int, int, bool, bytes]
"""epoch, seq, received_ms, readable, payload"""


def bring_up_to_date(store: Store, now_ms: int, entries_max: int = ENTRIES_PER_RUN) -> int:
    """Folds what came since the last time, at most so many entries; returns how many."""
    done = 0
    while done < entries_max:
        behind = store.read(lambda c: _behind(c, _KIOSKS_PER_ROUND))
        before = done
        # In turns, so that one long journal does not keep the others waiting.
        for shop_id, kiosk_id in behind:
            done += _fold_some(store, shop_id, kiosk_id, now_ms)
            if done >= entries_max:
                break
        if done == before:
            break
    return done


def throw_away(connection: Connection) -> None:
    """Forgets all states: the next runs build them again."""
    connection.execute(delete(kiosk_fold))


def _behind(connection: Connection, limit: int) -> Sequence[tuple[int, str]]:
    """Kiosks with entries that were not folded yet."""
    mine = and_(
        kiosk_fold.c.shop_id == watermark.c.shop_id, kiosk_fold.c.kiosk_id == watermark.c.kiosk_id
    )
    news = or_(
        kiosk_fold.c.version.is_(None),
        kiosk_fold.c.version != VERSION,
        tuple_(watermark.c.epoch, watermark.c.seq) > tuple_(kiosk_fold.c.epoch, kiosk_fold.c.seq),
    )
    rows = connection.execute(
        select(watermark.c.shop_id, watermark.c.kiosk_id)
        .outerjoin(kiosk_fold, mine)
        .where(watermark.c.seq > 0, news)
        .order_by(watermark.c.shop_id, watermark.c.kiosk_id)
        .limit(limit)
    )
    return [(row.shop_id, row.kiosk_id) for row in rows]


def _fold_some(store: Store, shop_id: int, kiosk_id: str, now_ms: int) -> int:
    mine = and_(kiosk_fold.c.shop_id == shop_id, kiosk_fold.c.kiosk_id == kiosk_id)

    def read(connection: Connection) -> tuple[State, Place, list[Row], Clocks]:
        held = connection.execute(select(kiosk_fold).where(mine)).one_or_none()
        clocks = clocks_of(connection, shop_id, entry.c.kiosk_id == kiosk_id)
        state, after = State(), BEGINNING
        if held is not None and held.version == VERSION:
            state, after = read_state(held.version, held.state), (held.epoch, held.seq)
            if _speaks_of_what_is_counted(clocks, kiosk_id, state, after):
                state, after = back(state) or (state, after)
        return state, after, list(_entries_after(connection, shop_id, kiosk_id, after)), clocks

    state, after, rows, clocks = store.read(read)
    if not rows:
        return 0
    state = fold(state, list(_readable(rows, clocks, kiosk_id)), after)
    state.anchor_seq = _last_anchor_seq(clocks, kiosk_id, rows[-1][0])
    forget(state, day_of(now_ms).toordinal())
    values = {
        "version": VERSION,
        "epoch": rows[-1][0],
        "seq": rows[-1][1],
        "cash_due_tenge": sum(due for _, due, _ in state.ratios),
        "cash_difference_tenge": sum(difference for _, _, difference in state.ratios),
        "state": msgspec.json.encode(state),
    }

    def write(connection: Connection) -> None:
        connection.execute(delete(kiosk_fold).where(mine))
        connection.execute(insert(kiosk_fold).values(shop_id=shop_id, kiosk_id=kiosk_id, **values))

    store.write(write)
    return len(rows)


def _entries_after(
    connection: Connection, shop_id: int, kiosk_id: str, after: tuple[int, int]
) -> Iterator[Row]:
    """One epoch at a time, in order, so that the primary key alone finds them."""
    epochs = connection.execute(
        select(watermark.c.epoch, watermark.c.seq)
        .where(
            watermark.c.shop_id == shop_id,
            watermark.c.kiosk_id == kiosk_id,
            watermark.c.epoch >= after[0],
            watermark.c.seq > 0,
        )
        .order_by(watermark.c.epoch)
    ).all()
    left = _ENTRIES_PER_READ
    for epoch, last_seq in epochs:
        since = after[1] if epoch == after[0] else 0
        if since >= last_seq or left <= 0:
            continue
        rows = connection.execute(
            select(
                entry.c.epoch, entry.c.seq, entry.c.received_ms, entry.c.readable, entry.c.payload
            )
            .where(
                entry.c.shop_id == shop_id,
                entry.c.kiosk_id == kiosk_id,
                entry.c.epoch == epoch,
                entry.c.seq > since,
            )
            .order_by(entry.c.seq)
            .limit(left)
        ).all()
        left -= len(rows)
        yield from ((r.epoch, r.seq, r.received_ms, r.readable, r.payload) for r in rows)


def _speaks_of_what_is_counted(clocks: Clocks, kiosk_id: str, state: State, at: Place) -> bool:
    """Whether a ``clock_set`` came since that moves entries which the state has already."""
    anchor = clocks.of(kiosk_id, at[0]).after(at[1])
    return anchor is not None and anchor.seq > state.anchor_seq and anchor.boot == state.boot


def _last_anchor_seq(clocks: Clocks, kiosk_id: str, epoch: int) -> int:
    anchors = clocks.of(kiosk_id, epoch).anchors
    return anchors[-1].seq if anchors else 0


def _readable(rows: Iterable[Row], clocks: Clocks, kiosk_id: str) -> Iterator[Received]:
    for epoch, seq, received_ms, readable, payload in rows:
        if readable:
            try:
                made = decode(payload)
            except (AdalError, ValueError, OverflowError, RecursionError):
                continue  # counted as unreadable by whoever can read less than the centre once did
            true_ms = clocks.true_ms(kiosk_id, epoch, seq, made.stamp)
            yield Received(made, received_ms, true_ms, (epoch, seq))
