"""What should be in a shop's cash box and on its shelf now, by the book.

The box is known from its last count on. A product is known from its last stocktake on, or from the
first restock that ever brought it. Only as much of the journal is read as that takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk.domain.entries import CashCount, Restock, Sale, Stocktake
from kiosk.domain.ledger import fold_all
from kiosk.domain.money import Denomination, Pieces
from sync.server.measures.chains import (
    Done,
    Numbered,
    Numbereds,
    Place,
    entries_from,
    products_before,
)

LOOK_BACK_MS = 60 * 86_400_000
"""A product that was not counted for so long is not followed here; its kiosk still knows it."""
_TYPES = frozenset(
    "sale correction piece_missing cash_count float_in cash_out restock stocktake write_off".split()
)


@dataclass(frozen=True, slots=True)
class BoxNow:
    """A kiosk's box; ``pieces`` is what may be offered as change.

    ``is_cut``: so much was sold since the count that not all of it was read.
    """

    counted_ms: int
    expected_tenge: int
    pieces: Pieces
    is_cut: bool

    @property
    def unknown_tenge(self) -> int:
        """Expected, but nobody knows in which pieces; negative when more pieces are known."""
        return self.expected_tenge - self.pieces.total_tenge

    @property
    def rows(self) -> list[tuple[Denomination, int]]:
        """Notes and coins, the largest first."""
        return list(self.pieces.items())


@dataclass(frozen=True, slots=True)
class OnShelf:
    """One product; ``quantity`` None when it was not counted for long.

    ``counted_ms``: its last stocktake, None when there was none.
    """

    product_id: str
    quantity: int | None
    counted_ms: int | None


@dataclass(frozen=True, slots=True)
class Inside:
    """One kiosk's box and shelf; ``box`` None when it was never counted.

    ``sold_as``: product id → the name that the last sale wrote.
    """

    kiosk_id: str
    box: BoxNow | None
    shelf: list[OnShelf]
    sold_as: dict[str, str]


def inside(connection: Connection, shop_id: int, kiosk_id: str, done: Done, now_ms: int) -> Inside:
    """Box and shelf of a kiosk.

    Args:
        connection: the caller answers for the shop being one that the reader may see.
        shop_id: the shop.
        kiosk_id: one of its kiosks.
        done: what volunteers did at the shop, at least for :data:`LOOK_BACK_MS`.
        now_ms: the server's time.
    """
    own = [numbered for numbered in done.entries if numbered.kiosk_id == kiosk_id]
    since_ms = now_ms - LOOK_BACK_MS
    bases, counted = _counted(own)
    restocked = _restocked(own)
    if restocked.keys() - bases.keys():
        earlier = products_before(connection, shop_id, kiosk_id, done.since_ms)
        bases = {p: one for p, one in restocked.items() if p not in earlier} | bases
    lately = {
        product_id: base.place
        for product_id, base in bases.items()
        if base.entry.stamp.at_ms >= since_ms
    }
    count = next((one for one in reversed(own) if isinstance(one.entry.body, CashCount)), None)
    starts = [*lately.values(), *([count.place] if count else [])]
    read = Numbereds([], is_cut=False)
    if starts:
        # Box and shelf are mostly counted in one visit, so one stretch serves both.
        read = entries_from(connection, shop_id, kiosk_id, min(starts), _TYPES)
    return Inside(
        kiosk_id,
        _box(count, read) if count else None,
        _shelf(read, lately, counted, {*bases, *restocked}),
        _names(read.entries),
    )


def _box(count: Numbered, read: Numbereds) -> BoxNow:
    since = [numbered for numbered in read.entries if numbered.place >= count.place]
    is_cut = read.is_cut and since[:1] != [count]
    moved = [count, *since] if is_cut else since
    box = fold_all(numbered.entry for numbered in moved).box
    return BoxNow(count.entry.stamp.at_ms, box.expected_tenge, box.available or Pieces(), is_cut)


def _counted(own: Iterable[Numbered]) -> tuple[dict[str, Numbered], dict[str, int]]:
    """Per product: its last stocktake, and when that was."""
    taken = {
        line.product_id: numbered
        for numbered in own
        if isinstance(numbered.entry.body, Stocktake)
        for line in numbered.entry.body.lines
    }
    return taken, {product_id: one.entry.stamp.at_ms for product_id, one in taken.items()}


def _restocked(own: Iterable[Numbered]) -> dict[str, Numbered]:
    """Per product: the first restock among these that brought it."""
    first: dict[str, Numbered] = {}
    for numbered in own:
        if isinstance(numbered.entry.body, Restock):
            for line in numbered.entry.body.lines:
                first.setdefault(line.product_id, numbered)
    return first


def _shelf(
    read: Numbereds, lately: dict[str, Place], counted: dict[str, int], all_products: set[str]
) -> list[OnShelf]:
    """What runs out first stands first, what is not known last."""
    stock = fold_all(numbered.entry for numbered in read.entries).stock
    began = read.entries[0].place if read.is_cut and read.entries else Place(0, 0)
    shelf = []
    for product_id in all_products:
        base = lately.get(product_id)
        quantity = stock.get(product_id) if base is not None and base >= began else None
        shelf.append(OnShelf(product_id, quantity, counted.get(product_id)))
    shelf.sort(key=lambda one: (one.quantity is None, one.quantity or 0, one.product_id))
    return shelf


def _names(entries: Iterable[Numbered]) -> dict[str, str]:
    return {
        line.product_id: line.name
        for numbered in entries
        if isinstance(numbered.entry.body, Sale)
        for line in numbered.entry.body.lines
        if line.product_id is not None
    }
