"""Which goods get tags, and how many of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiosk.admin.labels_state import LabelRow, Tab
from kiosk.admin.ports import Room
from kiosk.domain.products import Product
from kiosk.paper.labels import Tag, tag_of

COPIES_MAX = 99


class Choice:
    """Goods in the order in which they were chosen, with their numbers of tags.

    Prices are those that the new tags will hang out: one that waits for its tag, if there is one.
    """

    def __init__(self, room: Room, wanted: Iterable[str] = ()) -> None:
        self._shelf = room.shelf
        self._copies = {product_id: 1 for product_id in wanted if self._product(product_id)}
        self._changed = frozenset(self._new_prices())
        self._latest = ""

    def changed_too(self, product_ids: frozenset[str]) -> None:
        """These were changed here, and their tags may be old."""
        self._changed |= product_ids

    def add(self, product_id: str, copies: int) -> None:
        """So many tags more, or fewer; the product keeps its place."""
        self._latest = product_id
        wanted = self._copies.get(product_id, 0) + copies
        if wanted > 0:
            self._copies[product_id] = min(wanted, COPIES_MAX)
        else:
            self._copies.pop(product_id, None)

    def bring(self, product_id: str) -> None:
        """One tag more, and the product stands where the last chosen one does."""
        before = self._copies.pop(product_id, 0)
        self.add(product_id, before + 1)

    def one_of_each(self, product_ids: Iterable[str]) -> None:
        """At least one tag for each of these."""
        for product_id in product_ids:
            self._copies.setdefault(product_id, 1)

    def none_of(self, product_ids: Iterable[str]) -> None:
        """No tag for any of these."""
        for product_id in product_ids:
            self._copies.pop(product_id, None)

    def lists(self, language: str) -> dict[Tab, Sequence[Product]]:
        """The goods of every list; the last chosen one stands first among the chosen."""
        goods = self._shelf.catalogue.listing(category=None, query="", language=language)
        return {
            Tab.CHOSEN: self._chosen()[::-1],
            Tab.CHANGED: [product for product in goods if product.product_id in self._changed],
            Tab.WITHOUT_CODE: [product for product in goods if tag_of(product).gtin14 is None],
            Tab.ALL: goods,
        }

    def rows(self, products: Iterable[Product]) -> tuple[LabelRow, ...]:
        """These goods with the price and the number of their tags."""
        prices = self._new_prices()
        return tuple(
            LabelRow(
                product,
                prices.get(product.product_id, product.price_tenge),
                self._copies.get(product.product_id, 0),
            )
            for product in products
        )

    def without_code(self) -> list[Product]:
        """Chosen goods whose tags would have no barcode."""
        return [product for product in self._chosen() if tag_of(product).gtin14 is None]

    def tags(self) -> tuple[Tag, ...]:
        """Every piece of paper once."""
        return tuple(
            tag
            for row in self.rows(self._chosen())
            for tag in [tag_of(row.product, row.price_tenge)] * row.copies
        )

    def latest_tag(self) -> Tag | None:
        """The tag of the product that was touched last, if it is chosen."""
        product = self._product(self._latest) if self._latest in self._copies else None
        if product is None:
            return None
        [row] = self.rows([product])
        return tag_of(product, row.price_tenge)

    def _chosen(self) -> list[Product]:
        found = [self._product(product_id) for product_id in self._copies]
        return [product for product in found if product is not None]

    def _product(self, product_id: str) -> Product | None:
        return self._shelf.catalogue.by_id(product_id)

    def _new_prices(self) -> dict[str, int]:
        return {tag.product.product_id: tag.price_tenge for tag in self._shelf.pending_tags}
