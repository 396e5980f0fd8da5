"""Gives ``python -m kiosk products`` the kiosk's own goods, while its window is not running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.admin.product_ids import new_product_id
from kiosk.catalogue import CatalogueStore
from kiosk.domain.products import Catalogue, Product
from kiosk.journal import Journal
from kiosk.sheets import command
from kiosk.shelf import CHANGES, LocalShelf


def add_command(subparsers: Any, directory: Path) -> None:
    """Adds ``products``; ``directory`` is where the journal lies."""
    command.add_command(subparsers, directory, open_shop, new_product_id)


class OpenedShop:
    """The goods of a kiosk whose journal is open."""

    def __init__(self, journal: Journal, shelf: LocalShelf) -> None:
        self._journal = journal
        self._shelf = shelf

    @property
    def catalogue(self) -> Catalogue:
        """What is in effect."""
        return self._shelf.catalogue

    @property
    def stock(self) -> Mapping[str, int]:
        """Pieces by product id."""
        return self._journal.ledger.stock

    def save(self, products: Sequence[Product], by: str) -> None:
        """All in effect on return, or none and an error."""
        self._shelf.save(products, by, imported=True).result()


@contextmanager
def open_shop(directory: Path) -> Iterator[OpenedShop]:
    """Opens journal and goods of that directory.

    Raises:
        JournalError: when the kiosk's window has them open, or they are damaged.
    """
    journal = Journal.open(directory)
    try:
        shelf = LocalShelf(CatalogueStore(directory), journal)
        shelf.catch_up(journal.recent(CHANGES, after=shelf.looked_at)[::-1])
        journal.on_commit(lambda entry, _ledger: shelf.committed(entry))
        yield OpenedShop(journal, shelf)
    finally:
        journal.close()
