"""What should be on the shelves now, by the book: one chain folded at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import msgspec

from sync.server.export.true_days import Days, Page
from sync.server.export.walk import Chain, Wanted, begun, pages
from sync.server.store import Store
from sync.tables import Row

STOCK_TYPES = ("sale", "correction", "restock", "stocktake", "write_off")


class _Line(msgspec.Struct, gc=False):
    quantity: int
    product_id: str | None = None
    name: str | None = None


class _Moved(msgspec.Struct):
    lines: tuple[_Line, ...]


_MOVED = msgspec.json.Decoder(_Moved)
_NEVER = (None, None)
_SIGNS = {"sale": -1, "correction": 1, "restock": 1, "write_off": -1}


@dataclass
class _Shelf:
    """What a kiosk's entries say of each product; the ledger's fold, with names and sums."""

    quantity: dict[str, int] = field(default_factory=dict)
    counted_ms: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """By the kiosk's clock, and as it really was."""
    sold: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def take(
        self, kind: str, at_ms: tuple[int, int | None], payload: bytes, *, is_asked: bool
    ) -> None:
        """One entry; ``is_asked``: of the days whose sales are to be counted."""
        for line in _MOVED.decode(payload).lines:
            name = line.product_id
            if name is None:
                continue
            if kind == "stocktake":
                self.quantity[name] = line.quantity
                self.counted_ms[name] = at_ms
                continue
            self.quantity[name] = self.quantity.get(name, 0) + _SIGNS[kind] * line.quantity
            if line.name:
                self.names[name] = line.name
                if is_asked:
                    self.sold[name] = self.sold.get(name, 0) - _SIGNS[kind] * line.quantity


def batches(store: Store, wanted: Wanted, listed: Sequence[Chain]) -> Iterator[list[Row]]:
    """Per kiosk: each product that its journal names, with what was sold in the days asked for.

    The shelf itself is always that of the whole journal: it has no beginning in the middle.
    """
    whole = Wanted(wanted.scope)
    for (slug, region, kiosk_id), epochs in groupby(
        listed, lambda chain: (chain.slug, chain.region, chain.kiosk_id)
    ):
        shelf = _Shelf()
        for one in epochs:
            chain = store.read(lambda connection, one=one: begun(connection, one))  # type: ignore[misc]
            for page in pages(store, chain, whole, STOCK_TYPES):
                _take(shelf, page, wanted.days)
        yield [
            (
                slug,
                region,
                kiosk_id,
                name,
                shelf.names.get(name),
                shelf.quantity[name],
                shelf.counted_ms.get(name, _NEVER)[0],
                shelf.sold.get(name, 0),
                shelf.counted_ms.get(name, _NEVER)[1],
            )
            for name in sorted(shelf.quantity)
        ]


def _take(shelf: _Shelf, page: Page, days: Days) -> None:
    for (_seq, kind, at_ms, _hash, payload), true_ms in zip(*page, strict=True):
        shelf.take(kind, (at_ms, true_ms), payload, is_asked=days.holds(true_ms))
