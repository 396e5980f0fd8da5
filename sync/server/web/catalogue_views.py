"""Products as pages show them: with the eyes of one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from sync.server.accounts.roles import Person
from sync.server.catalogues.facts import PRICE, Facts, ProductFact, drafts, published
from sync.server.catalogues.facts import pictures as picture_names
from sync.server.catalogues.places import Place, may_write, named
from sync.server.problems import ProblemError
from sync.server.web.catalogue_frame import frame, place_text
from sync.wire import ProductMessage


@dataclass(frozen=True, slots=True)
class Row:
    """A product in the list; ``own`` counts prices that hold at narrower places."""

    product: ProductMessage
    where: Place
    own: int
    draft: bool
    sha256: str | None


def product_values(
    connection: Connection, person: Person, product_id: str, at: str
) -> dict[str, Any]:
    """What the editor shows; ``at`` names a place, "" for the widest of the person's part.

    Raises:
        ProblemError: ``not_found`` for a product or a place that is not his.
    """
    values = frame(connection, person, shops=None)
    facts = published(connection).with_drafts(drafts(connection))
    place = named(connection, person.scope, at) if at else values["home"]
    is_seen = _sight(person, values["home"])
    found = _seen_at(facts, product_id, place, is_seen) if product_id else None
    if product_id and found is None:
        raise ProblemError("not_found", "There is no such product here.")
    where = place if found is None or at else found[0]
    shown = found[1].product if found else None
    price = facts.price_at(product_id, where) if shown else None
    own = [
        (key.place, codes)
        for key, codes in facts.codes.items()
        if key.product_id == product_id and key.place.shop_id in values["shops"]
    ]
    return {
        **values,
        "shown": shown,
        "sha256": picture_names(connection).get(shown.picture or "") if shown else None,
        "where": where,
        "where_text": place_text(where, values["shops"]),
        "may_edit": may_write(person, where),
        "price": price.price_tenge if price else "",
        "urgent": bool(price and price.urgent),
        "own_codes": sorted(own),
        "versions": sorted(
            key.place
            for key in facts.products
            if key.product_id == product_id and is_seen(key.place)
        ),
        "rules": sorted(
            (key.place, rule, place_text(key.place, values["shops"]))
            for key, rule in facts.prices.items()
            if key.product_id == product_id and is_seen(key.place)
        ),
        "place_text": lambda p: place_text(p, values["shops"]),
    }


def _seen_at(
    facts: Facts, product_id: str, place: Place, is_seen: Callable[[Place], bool]
) -> tuple[Place, ProductFact] | None:
    """A product at a place, or at one within the person's part when it is only there."""
    return facts.at(product_id, place) or next(
        (
            (key.place, fact)
            for key, fact in facts.products.items()
            if key.product_id == product_id and is_seen(key.place)
        ),
        None,
    )


def _sight(person: Person, home: Place) -> Callable[[Place], bool]:
    """Whether a place holds at some shop of the person's part."""

    def is_seen(place: Place) -> bool:
        if place.shop_id:
            return person.scope.holds(place.region_code, place.shop_id)
        return place.overlaps(home)

    return is_seen


def product_rows(connection: Connection, person: Person, home: Place) -> list[Row]:
    """The products that hold at some shop of the person's part, drafts included.

    ``home``: the widest place that he looks after.
    """
    waiting = drafts(connection)
    facts = published(connection).with_drafts(waiting)
    changed = {
        d.product_id for d in waiting if may_write(person, d.place, price_only=d.kind == PRICE)
    }
    names, is_seen = picture_names(connection), _sight(person, home)
    own = Counter(
        key.product_id for key in facts.prices if key.place != home and is_seen(key.place)
    )
    rows = []
    for product_id in facts.ids():
        found = _seen_at(facts, product_id, home, is_seen)
        if found is None:
            continue
        where, fact = found
        price = facts.price_at(product_id, home if where.reaches(home) else where)
        shown = fact.product
        if price is not None:
            shown = msgspec.structs.replace(shown, price_tenge=price.price_tenge)
        picture = names.get(shown.picture or "")
        rows.append(Row(shown, where, own[product_id], product_id in changed, picture))
    return rows


def matches(product: ProductMessage, wanted: str) -> bool:
    """Whether a name, a code or the id holds these folded letters."""
    texts = (*product.names.values(), *product.codes, *product.cases, product.product_id)
    return any(wanted in text.casefold() for text in texts)
