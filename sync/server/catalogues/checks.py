"""What a product must be before it is kept, whatever form it came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kiosk.domain.errors import CatalogueError, ProductError
from kiosk.domain.money import AMOUNT_TENGE_MAX
from kiosk.domain.products import CATEGORIES
from sync.server.catalogues.facts import Facts
from sync.server.catalogues.places import Place
from sync.server.schema.catalogue import PRODUCT_ID_LENGTH_MAX
from sync.wire import ProductMessage

NAME_LENGTH_MAX = 80
CASE_PIECES_MAX = 10_000


def new_id(names: Mapping[str, str], taken: Collection[str]) -> str:
    """An id that nothing has, made of the English or the first name."""
    name = names.get("en") or next((n for n in names.values() if n), "")
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.casefold())
    slug = "-".join(part for part in plain.split("-") if part)[:40] or "product"
    number, made = 1, slug
    while made in taken:
        number += 1
        made = f"{slug}-{number}"
    return made


def check(product: ProductMessage) -> None:
    """What a form may send; the codes of what is wrong are worded by the page."""
    if not 0 < len(product.product_id) <= PRODUCT_ID_LENGTH_MAX:
        raise CatalogueError("id")
    if not any(product.names.values()) or max(map(len, product.names.values())) > NAME_LENGTH_MAX:
        raise CatalogueError("names")
    if not 0 <= product.price_tenge <= AMOUNT_TENGE_MAX:
        raise CatalogueError("price")
    if product.category not in CATEGORIES:
        raise CatalogueError("category")
    if any(not 0 < pieces <= CASE_PIECES_MAX for pieces in product.cases.values()):
        raise CatalogueError("cases")
    try:
        product.to_product()
    except ProductError as error:
        raise CatalogueError("names") from error


def require_free(facts: Facts, product: ProductMessage, place: Place) -> None:
    """Refuses a barcode that another product has at some shop of the same place."""
    wanted = {*product.codes, *product.cases}
    for key, other in facts.products.items():
        if key.product_id == product.product_id or not key.place.overlaps(place):
            continue
        if wanted & {*other.product.codes, *other.product.cases}:
            raise CatalogueError(f"code:{key.product_id}")
    for key, codes in facts.codes.items():
        same_shop = key.place.shop_id == place.shop_id
        if same_shop and key.product_id != product.product_id and wanted & set(codes):
            raise CatalogueError(f"code:{key.product_id}")


def position_of(facts: Facts, product_id: str) -> int:
    """Where a product stands at other places, or after all the others."""
    own = [f.position for key, f in facts.products.items() if key.product_id == product_id]
    return min(own) if own else max((f.position for f in facts.products.values()), default=0) + 1
