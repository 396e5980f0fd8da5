"""Products and prices in effect: the centre's catalogue with this kiosk's own changes on top.

A change is a journal entry; it takes effect after its COMMIT. The note beside the catalogue only
saves reading the whole journal at every start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from typing import Protocol

from kiosk.catalogue import CatalogueStore
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import EntryBody, PriceChange, PriceLine, ProductChange, decode
from kiosk.domain.errors import CatalogueError, EntryError, ProductError
from kiosk.domain.money import AMOUNT_TENGE_MAX, format_tenge
from kiosk.domain.products import Catalogue, Product
from kiosk.domain.shelf import InEffect, PendingTag, in_effect, merged, with_tags_of

log = logging.getLogger(__name__)

CHANGES = frozenset({"product_change", "price_change"})
"""Types of the entries that change products."""


class ShelfJournal(Protocol):
    """What the shelf needs of the journal."""

    def append(self, body: EntryBody) -> Future[StoredEntry]:
        """Writes an entry; done after COMMIT."""


class LocalShelf:
    """One kiosk's products; safe to use from several threads.

    ``on_change`` is called with the new catalogue in whatever thread brought it.
    """

    def __init__(
        self,
        store: CatalogueStore,
        journal: ShelfJournal,
        on_change: Callable[[Catalogue], None] = lambda catalogue: None,
    ) -> None:
        self._store = store
        self._journal = journal
        self.on_change = on_change
        self._lock = threading.RLock()
        self._on_its_way: list[Product] = []
        self._published = store.load()
        self._changes = store.load_changes()
        self._now = self._worked_out()
        # Also for a kiosk that had prices before it noted tags: what is in effect hangs there.
        self._changes = with_tags_of(self._changes, self._now.catalogue)

    @property
    def catalogue(self) -> Catalogue:
        """All products, as a shopper finds them now."""
        return self._now.catalogue

    @property
    def version(self) -> int:
        """The centre's version that lies below."""
        return self._published.version

    @property
    def pending_tags(self) -> tuple[PendingTag, ...]:
        """Prices that wait for their tags, in the catalogue's order."""
        now = self._now
        return tuple(
            PendingTag(product, now.waiting[product.product_id])
            for product in now.catalogue.products
            if product.product_id in now.waiting
        )

    @property
    def looked_at(self) -> tuple[int, int]:
        """(epoch, seq) of the last entry that is in effect here."""
        return self._changes.epoch, self._changes.seq

    def publish(self, document: bytes) -> Catalogue:
        """Takes a new version from the centre in.

        Raises:
            CatalogueError: when it is no catalogue or cannot be written; the old one stays.
        """
        with self._lock:
            self._published = self._store.replace(document)
            self._now = self._worked_out()
            self._changes = with_tags_of(self._changes, self._now.catalogue)
            self._note()
            catalogue = self._now.catalogue
        self.on_change(catalogue)
        return catalogue

    def catch_up(self, entries: Sequence[StoredEntry]) -> None:
        """Takes in changes that the note did not know, oldest first."""
        for entry in entries:
            self._take(entry)
        if entries:
            self._settle()

    def committed(self, entry: StoredEntry) -> None:
        """An entry was written; one that changes products takes effect now."""
        if self._take(entry):
            self._settle()

    def save(
        self, products: Sequence[Product], by: str, *, imported: bool = False
    ) -> Future[StoredEntry]:
        """New or changed products, all in effect after COMMIT, or none.

        Raises:
            ProductError: at once, when they contradict themselves or other products.
        """
        with self._lock:
            # What is on its way to the disk counts too: two forms must not give out one code.
            merged(merged(self.catalogue, self._on_its_way), products)
            mine = {p.product_id: p for p in products}
            self._on_its_way = [
                *(p for p in self._on_its_way if p.product_id not in mine),
                *products,
            ]
        change = ProductChange(tuple(products), by, "imported" if imported else "edited")
        return self._appended(change, products)

    def set_price(self, product_id: str, price_tenge: int, by: str) -> Future[StoredEntry]:
        """A price in effect from COMMIT on.

        Raises:
            ProductError: for a product that is not here, or a price that cannot be.
        """
        product = self._known(product_id)
        if not 0 <= price_tenge <= AMOUNT_TENGE_MAX:
            raise ProductError(
                f"{format_tenge(price_tenge)} is no price; 0 to {format_tenge(AMOUNT_TENGE_MAX)}."
            )
        line = PriceLine(product_id, price_tenge, product.price_tenge)
        return self._appended(PriceChange((line,), by, "set"))

    def confirm_tags(self, product_ids: Collection[str], by: str) -> Future[StoredEntry]:
        """The new tags hang: their prices are in effect from COMMIT on.

        Raises:
            ProductError: when none of these waits for a tag.
        """
        lines = tuple(
            PriceLine(tag.product.product_id, tag.price_tenge, tag.product.price_tenge)
            for tag in self.pending_tags
            if tag.product.product_id in product_ids
        )
        if not lines:
            raise ProductError("None of these prices waits for a tag any more; look again.")
        return self._appended(PriceChange(lines, by, "tags"))

    def _appended(
        self, change: ProductChange | PriceChange, products: Sequence[Product] = ()
    ) -> Future[StoredEntry]:
        """Writes a change; who waits for it finds it in effect."""
        promised: Future[StoredEntry] = Future()

        def settle(written: Future[StoredEntry]) -> None:
            error = written.exception()
            if error is None:
                self.committed(written.result())
            with self._lock:
                self._on_its_way = [
                    p for p in self._on_its_way if all(p is not q for q in products)
                ]
            if error is not None:
                promised.set_exception(error)
                return
            promised.set_result(written.result())

        self._journal.append(change).add_done_callback(settle)
        return promised

    def _known(self, product_id: str) -> Product:
        product = self.catalogue.by_id(product_id)
        if product is None:
            raise ProductError(f"There is no product {product_id!r} any more; look again.")
        return product

    def _take(self, entry: StoredEntry) -> bool:
        """Folds an entry that changes products; whether it did."""
        if not entry.payload.startswith(_MARKS):
            return False
        with self._lock:
            at = (entry.epoch, entry.seq)
            if at <= self.looked_at:
                return False
            try:
                self._changes = self._changes.apply(decode(entry.payload).body, at)
            except (EntryError, ProductError) as error:
                # Written by a newer program, before a downgrade. The journal keeps it; the goods
                # stay as they are known here, and the changes around it are taken in.
                log.warning("entry %d/%d changes no goods here: %s", *at, error)
                return False
        return True

    def _settle(self) -> None:
        with self._lock:
            self._now = self._worked_out()
            self._changes = with_tags_of(self._changes, self._now.catalogue)
            self._note()
            catalogue = self._now.catalogue
        self.on_change(catalogue)

    def _worked_out(self) -> InEffect:
        try:
            return in_effect(self._published, self._changes)
        except ProductError:
            # Two local products with one code cannot be saved here; a note of another version
            # may hold them all the same. The centre's own list is better than none.
            log.exception("the changes made here do not fit the catalogue; doing without them")
            return InEffect(Catalogue(self._published.version, self._published.products), {})

    def _note(self) -> None:
        try:
            self._store.save_changes(self._changes)
        except CatalogueError as error:
            log.warning("%s", error)  # the journal has them; the next start reads them again


_MARKS = tuple(f'{{"type":"{name}"'.encode() for name in sorted(CHANGES))
