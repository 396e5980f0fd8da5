"""What shops changed for themselves, taken over or declined here.

A kiosk applies its own changes on top of every version until a version names an entry that it has
taken in. That name can only cover changes that are all decided, so it goes up to just before the
first one that is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, select, update

from kiosk.domain.entries import PriceChange, ProductChange, decode
from kiosk.domain.errors import EntryError
from sync.server.accounts.roles import Person, Scope, of_shops
from sync.server.catalogues.places import Place, written_by
from sync.server.schema import entry, shop
from sync.server.schema.catalogue import IS_LOCAL_CHANGE, local_decision

CHANGES_SHOWN_MAX = 200

Position = tuple[int, int]
"""(epoch, seq) of a kiosk's entry."""


@dataclass(frozen=True, slots=True)
class LocalChange:
    """An entry by which a volunteer changed products or prices at one kiosk."""

    place: Place
    slug: str
    shop_name: str
    kiosk_id: str
    epoch: int
    seq: int
    at_ms: int | None
    body: ProductChange | PriceChange

    @property
    def origin(self) -> str:
        """Its name, as drafts carry it."""
        return f"{self.place.shop_id}/{self.kiosk_id}/{self.epoch}/{self.seq}"


def undecided(connection: Connection, scope: Scope) -> list[LocalChange]:
    """Changes from shops within, each kiosk's oldest first."""
    rows = _rows(connection, *_undecided(scope))
    if not rows:
        return []
    ids = sorted({row.shop_id for row in rows})
    named = connection.execute(select(shop).where(scope.shops(), shop.c.shop_id.in_(ids)))
    shops = {row.shop_id: row for row in named}
    found = []
    for row in rows:
        change = _change(row, shops[row.shop_id])
        if change is not None:
            found.append(change)
    return found


def count_undecided(connection: Connection, scope: Scope) -> int:
    """How many changes :func:`undecided` gives, for pages that only say so."""
    payloads = connection.execute(
        select(entry.c.payload).where(IS_LOCAL_CHANGE, entry.c.readable, *_undecided(scope))
    ).scalars()
    return sum(_is_change(payload) for payload in payloads.all())


def _undecided(scope: Scope) -> list[ColumnElement[bool]]:
    is_decided = exists().where(
        *(
            local_decision.c[name] == entry.c[name]
            for name in ("shop_id", "kiosk_id", "epoch", "seq")
        )
    )
    return [of_shops(entry.c.shop_id, scope.shops()), ~is_decided]


def find(connection: Connection, scope: Scope, origin: str) -> LocalChange | None:
    """One change that waits for a decision, by its name."""
    return next((c for c in undecided(connection, scope) if c.origin == origin), None)


def included(connection: Connection) -> dict[int, dict[str, Position]]:
    """By shop and kiosk: the last entry up to which every change's decision is published."""
    done = _published(connection)
    if not done:
        return {}
    shops = {shop_id for shop_id, *_ in done}
    positions: dict[int, dict[str, Position]] = {}
    stopped: set[tuple[int, str]] = set()
    for row in _rows(connection, entry.c.shop_id.in_(shops)):
        at = (row.shop_id, row.kiosk_id)
        if at in stopped:
            continue
        if (*at, row.epoch, row.seq) in done:
            positions.setdefault(row.shop_id, {})[row.kiosk_id] = (row.epoch, row.seq)
        elif _is_one(row):
            stopped.add(at)
    return positions


def undelivered(connection: Connection, person: Person) -> bool:
    """Whether decisions wait to be published by this person."""
    waiting = select(local_decision.c.seq).where(
        local_decision.c.published_version.is_(None), _by(person)
    )
    return connection.execute(waiting.limit(1)).first() is not None


def mark_published(connection: Connection, person: Person | None, version: int) -> None:
    """The decisions that this version carries; all of them for a command on the server."""
    done = update(local_decision).where(local_decision.c.published_version.is_(None))
    if person is not None:
        done = done.where(_by(person))
    connection.execute(done.values(published_version=version))


def _by(person: Person) -> Any:
    return written_by(local_decision, person, region="to_region_code", shop_id="to_shop_id")


def _rows(connection: Connection, *where: Any) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(
                entry.c.shop_id,
                entry.c.kiosk_id,
                entry.c.epoch,
                entry.c.seq,
                entry.c.at_ms,
                entry.c.payload,
            )
            .where(IS_LOCAL_CHANGE, entry.c.readable, *where)
            .order_by(entry.c.shop_id, entry.c.kiosk_id, entry.c.epoch, entry.c.seq)
        )
    )


def _published(connection: Connection) -> set[tuple[int, str, int, int]]:
    wanted = select(
        local_decision.c.shop_id,
        local_decision.c.kiosk_id,
        local_decision.c.epoch,
        local_decision.c.seq,
    ).where(local_decision.c.published_version.is_not(None))
    return {(r[0], r[1], r[2], r[3]) for r in connection.execute(wanted)}


def _is_one(row: Row[Any]) -> bool:
    """Confirmed tags change nothing that the centre could take over."""
    return _is_change(row.payload)


def _is_change(payload: bytes) -> bool:
    body = _body(payload)
    return body is not None and not (isinstance(body, PriceChange) and body.why == "tags")


def _change(row: Row[Any], place: Row[Any]) -> LocalChange | None:
    body = _body(row.payload)
    if body is None or not _is_one(row):
        return None
    return LocalChange(
        Place(place.region_code, place.shop_id),
        place.slug,
        place.name,
        row.kiosk_id,
        row.epoch,
        row.seq,
        row.at_ms,
        body,
    )


def _body(payload: bytes) -> ProductChange | PriceChange | None:
    try:
        body = decode(bytes(payload)).body
    except EntryError:
        return None
    return body if isinstance(body, ProductChange | PriceChange) else None
