"""The basket: frozen, so that undo is keeping the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk.domain.entries import SaleLine
from kiosk.domain.errors import CheckoutError
from kiosk.domain.products import Product, name_in

QUANTITY_MAX = 99
"""More of one thing than any shelf holds; a larger figure is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing in the basket.

    ``key`` tells lines apart; ``code`` is the code that was scanned, if any; ``price_entered``
    marks a price that the shopper read off the shelf tag.
    """

    key: str
    names: Mapping[str, str]
    unit_price_tenge: int
    quantity: int = 1
    product_id: str | None = None
    code: str | None = None
    picture: str | None = None
    price_entered: bool = False

    @property
    def total_tenge(self) -> int:
        """Price × quantity."""
        return self.unit_price_tenge * self.quantity

    def name_in(self, language: str) -> str:
        """The name in that language, or the first there is."""
        return name_in(self.names, language)

    def to_sale_line(self, language: str) -> SaleLine:
        """The line as the journal keeps it, with name and price as they are now."""
        return SaleLine(
            name=self.name_in(language),
            unit_price_tenge=self.unit_price_tenge,
            quantity=self.quantity,
            product_id=self.product_id,
            code=self.code,
            price_entered=self.price_entered,
        )


def product_line(product: Product, code: str | None) -> Line:
    """A line for one piece of a product of the catalogue."""
    return Line(
        key=product.product_id,
        names=product.names,
        unit_price_tenge=product.price_tenge,
        product_id=product.product_id,
        code=code,
        picture=product.picture,
    )


def unknown_line(code: str, price_tenge: int, names: Mapping[str, str]) -> Line:
    """A line for a product that the catalogue does not know, at the price on its shelf tag."""
    return Line(
        key=f"unknown {code} {price_tenge}",
        names=names,
        unit_price_tenge=price_tenge,
        code=code,
        picture="unknown",
        price_entered=True,
    )


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines in the order in which they first came."""

    lines: tuple[Line, ...] = ()

    @property
    def total_tenge(self) -> int:
        """What all lines cost together."""
        return sum(line.total_tenge for line in self.lines)

    @property
    def items(self) -> int:
        """How many things there are, counting quantities."""
        return sum(line.quantity for line in self.lines)

    def line(self, key: str) -> Line | None:
        """The line with that key."""
        return next((line for line in self.lines if line.key == key), None)

    def add(self, line: Line) -> Basket:
        """One more of it: a new line at the end, or a larger quantity where it stands.

        A line keeps the price it came with; the same thing at a new price is another line only
        when its key says so.

        Raises:
            CheckoutError: above ``QUANTITY_MAX``.
        """
        held = self.line(line.key)
        if held is None:
            return Basket((*self.lines, line))
        return self.with_quantity(line.key, held.quantity + line.quantity)

    def with_quantity(self, key: str, quantity: int) -> Basket:
        """That many of it; 0 takes the line out.

        Raises:
            CheckoutError: above ``QUANTITY_MAX``.
        """
        if quantity > QUANTITY_MAX:
            raise CheckoutError(f"No more than {QUANTITY_MAX} of one thing; is it a slip?")
        changed = (replace(x, quantity=quantity) if x.key == key else x for x in self.lines)
        return Basket(tuple(x for x in changed if x.quantity > 0))


EMPTY_BASKET = Basket()
