"""A shop on the disk, opened as the command opens it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from kiosk.catalogue import CatalogueStore
from kiosk.domain.chain import StoredEntry
from kiosk.domain.products import Catalogue, Product
from kiosk.journal import Journal
from kiosk.shelf import CHANGES, LocalShelf

SAVE_TIMEOUT_S = 60.0


class DiskShop:
    """The products of one kiosk's directory."""

    def __init__(self, journal: Journal, shelf: LocalShelf) -> None:
        self.journal = journal
        self.shelf = shelf
        self._in_effect: Future[None] = Future()
        journal.on_commit(self._committed)

    @property
    def catalogue(self) -> Catalogue:
        return self.shelf.catalogue

    @property
    def stock(self) -> Mapping[str, int]:
        return self.journal.ledger.stock

    def save(self, products: Sequence[Product], by: str) -> None:
        self.start_saving(products, by).result(SAVE_TIMEOUT_S)

    def start_saving(self, products: Sequence[Product], by: str) -> Future[None]:
        """Done when the products are in effect, which is a moment after their COMMIT."""
        self._in_effect = in_effect = Future()
        self.shelf.save(products, by, imported=True)
        return in_effect

    def _committed(self, entry: StoredEntry, _ledger: object) -> None:
        self.shelf.committed(entry)
        if not self._in_effect.done():
            self._in_effect.set_result(None)


@contextmanager
def open_shop(directory: Path) -> Iterator[DiskShop]:
    """The journal and the shelf of that directory, caught up with one another."""
    journal = Journal.open(directory)
    try:
        shelf = LocalShelf(CatalogueStore(directory), journal)
        shelf.catch_up(journal.recent(CHANGES, after=shelf.looked_at)[::-1])
        yield DiskShop(journal, shelf)
    finally:
        journal.close()
