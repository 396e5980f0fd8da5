"""Walking through journals page by page, along the primary key, at constant memory.

A *chain* is one epoch of one kiosk. The list of chains with how far each is held is taken once;
entries that come in later wait for the next time, so that what is taken home is one state of the
journals, though no transaction and no cursor stays open while a slow line takes its time. Pages
are read by key range, the same on SQLite and PostgreSQL.

Days are those on which entries were really made (:mod:`sync.server.export.true_days`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from kiosk.domain.true_times import NEVER_HEARD, Clock
from sync.server.accounts.roles import Scope
from sync.server.export.true_days import Days, Page, outermost, page_of
from sync.server.problems import ProblemError
from sync.server.rollups.true_times import clocks_of
from sync.server.schema import IS_ATTENTION, VISIT_TYPES, entry, kiosk_epoch, shop, watermark
from sync.server.store import Store

PAGE_ENTRIES = 5_000
"""Sales of about 700 bytes each: a page is some megabytes and takes some 20 ms to read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the journals: within ``scope`` always, and of that what is asked for.

    ``since_ms`` and ``until_ms`` (not in it) are moments at which entries were really made.
    """

    scope: Scope
    region: str | None = None
    shop: str | None = None
    kiosk_id: str | None = None
    epoch: int | None = None
    since_seq: int = 0
    since_ms: int | None = None
    until_ms: int | None = None

    @property
    def days(self) -> Days:
        """Of which days."""
        return Days(self.since_ms, self.until_ms)


@dataclass(frozen=True, slots=True)
class Chain:
    """One epoch of one kiosk, up to the entry ``seq`` that was the last when it was listed.

    ``clock``: what the kiosk heard of its clock until then, once :func:`begun` asked for it.
    """

    shop_id: int
    slug: str
    region: str
    kiosk_id: str
    epoch: int
    seq: int
    link_hash: bytes
    public_key: bytes
    clock: Clock = NEVER_HEARD


def chains(connection: Connection, wanted: Wanted) -> list[Chain]:
    """The chains of that part, in the order of shop, kiosk, epoch.

    Raises:
        ProblemError: ``not_found`` for a region or shop that is not there, the same as for one
            that this person may not see.
    """
    places = [wanted.scope.shops()]
    if wanted.region is not None:
        places.append(shop.c.region_code == wanted.region)
    if wanted.shop is not None:
        places.append(shop.c.slug == wanted.shop)
        if connection.execute(select(shop.c.shop_id).where(*places)).first() is None:
            raise ProblemError("not_found", "There is no such shop here.")
    if wanted.kiosk_id is not None:
        places.append(watermark.c.kiosk_id == wanted.kiosk_id)
    if wanted.epoch is not None:
        places.append(watermark.c.epoch == wanted.epoch)
    rows = connection.execute(
        select(
            watermark.c.shop_id,
            shop.c.slug,
            shop.c.region_code,
            watermark.c.kiosk_id,
            watermark.c.epoch,
            watermark.c.seq,
            kiosk_epoch.c.link_hash,
            kiosk_epoch.c.public_key,
        )
        .join(shop, shop.c.shop_id == watermark.c.shop_id)
        .join(
            kiosk_epoch,
            (kiosk_epoch.c.kiosk_id == watermark.c.kiosk_id)
            & (kiosk_epoch.c.epoch == watermark.c.epoch),
        )
        .where(watermark.c.seq > 0, *places)
        .order_by(watermark.c.shop_id, watermark.c.kiosk_id, watermark.c.epoch)
    )
    return [Chain(*row) for row in rows]


def begun(connection: Connection, chain: Chain) -> Chain:
    """A chain that is about to be walked: with its clock, which a list of a thousand can spare."""
    of = (entry.c.kiosk_id == chain.kiosk_id, entry.c.epoch == chain.epoch)
    clocks = clocks_of(connection, chain.shop_id, *of, entry.c.seq <= chain.seq)
    return replace(chain, clock=clocks.of(chain.kiosk_id, chain.epoch))


def _of(chain: Chain) -> tuple[ColumnElement[bool], ...]:
    """The beginning of the primary key."""
    return (
        entry.c.shop_id == chain.shop_id,
        entry.c.kiosk_id == chain.kiosk_id,
        entry.c.epoch == chain.epoch,
    )


_FIELDS = (entry.c.seq, entry.c.type, entry.c.at_ms, entry.c.hash, entry.c.payload)
_ALL_FIELDS = (*_FIELDS, entry.c.received_ms, entry.c.signature)


def entries(
    connection: Connection,
    chain: Chain,
    wanted: Wanted,
    types: tuple[str, ...] | None,
    *,
    after_seq: int,
    limit: int,
) -> Page:
    """The next entries of a chain that was begun, of some types or (None) all.

    Of all types the unreadable ones are among them, and no days are chosen.
    """
    days = Days() if types is None else wanted.days
    found = Page([], [])
    while True:
        read = _entries(connection, chain, wanted, types, after_seq=after_seq, limit=limit)
        found.add(days.chosen(page_of(chain.clock, read)))
        if len(read) < limit or len(found.entries) >= limit:
            return found.part(0, limit)
        # Around a clock that was set, fewer were of the days asked for than were looked at.
        after_seq = read[-1].seq


def _entries(
    connection: Connection,
    chain: Chain,
    wanted: Wanted,
    types: tuple[str, ...] | None,
    *,
    after_seq: int,
    limit: int,
) -> list[Any]:
    fields = _ALL_FIELDS if types is None else _FIELDS
    statement = (
        select(*fields)
        .where(
            *_of(chain),
            entry.c.seq > max(after_seq, wanted.since_seq - 1),
            entry.c.seq <= chain.seq,
        )
        .order_by(entry.c.seq)
        .limit(limit)
    )
    if types is not None:
        statement = statement.where(entry.c.type.in_(types))
    if types == VISIT_TYPES:
        statement = statement.where(IS_ATTENTION)
    if types is not None:
        statement = statement.where(*wanted.days.conditions(chain.clock))
    # All at once: row by row took a third of the whole export.
    return list(connection.execute(statement).all())


def unbroken(connection: Connection, chain: Chain, wanted: Wanted) -> tuple[Chain, Wanted]:
    """For all types: from the first entry of the days asked for to the last, and all between.

    A clock that was set wrong for a while would otherwise tear holes into what proves itself.
    """
    if wanted.days.all:
        return chain, wanted
    here = (*_of(chain), entry.c.seq <= chain.seq)
    first = outermost(connection, here, chain.clock, wanted.days, is_last=False)
    last = outermost(connection, here, chain.clock, wanted.days, is_last=True)
    if first is None or last is None:
        return replace(chain, seq=0), wanted
    return replace(chain, seq=last), replace(wanted, since_seq=max(wanted.since_seq, first))


def pages(
    store: Store, chain: Chain, wanted: Wanted, types: tuple[str, ...] | None
) -> Iterator[Page]:
    """All pages of one chain that was begun."""
    if types is None:
        chain, wanted = store.read(lambda connection: unbroken(connection, chain, wanted))
    after_seq = 0
    while True:
        # Bound now: the page is read before the loop goes on.
        page = store.read(
            lambda connection, after=after_seq: entries(  # type: ignore[misc]
                connection, chain, wanted, types, after_seq=after, limit=PAGE_ENTRIES
            )
        )
        if page.entries:
            yield page
        if len(page.entries) < PAGE_ENTRIES:
            return
        after_seq = page.entries[-1].seq


def hash_before(connection: Connection, chain: Chain, seq: int) -> bytes:
    """What an entry's hash follows: the one before it, or what its epoch was linked to."""
    found = connection.execute(
        select(entry.c.hash).where(
            *_of(chain),
            entry.c.seq == seq - 1,
        )
    ).scalar_one_or_none()
    return chain.link_hash if found is None else found
