"""Versions: drafts become facts, facts become the signed bytes that each shop's kiosks get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from kiosk.domain.errors import CatalogueError
from kiosk.domain.products import Product
from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.catalogues import local_changes
from sync.server.catalogues.documents import (
    Lists,
    encode_document,
    keep,
    next_version,
    says_the_same,
)
from sync.server.catalogues.facts import (
    PRICE,
    Draft,
    Key,
    ProductFact,
    drafts,
    pictures,
    published,
)
from sync.server.catalogues.places import EVERYWHERE, Place, home_of, may_write
from sync.server.catalogues.writing import apply_draft, write_product
from sync.server.schema import catalogue_version, shop
from sync.server.schema.catalogue import (
    catalogue_release,
    product,
    shop_catalogue,
)
from sync.server.server_key import key_in
from sync.wire import ProductMessage


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes for a product, and in how many shops; None where it is not (any more)."""

    before: ProductMessage | None
    after: ProductMessage | None
    urgent: bool
    shops: int


def put(connection: Connection, products: Iterable[Product], now_ms: int) -> int:
    """Makes these the products that hold everywhere, and publishes them to every shop.

    Raises:
        CatalogueError: when the catalogue is too large to travel.
    """
    connection.execute(delete(product).where(product.c.region_code == "", product.c.shop_id == 0))
    for position, one in enumerate(products):
        message = ProductMessage.from_product(one)
        fact = ProductFact(message, urgent=False, position=position)
        write_product(connection, Key(one.product_id, EVERYWHERE), fact, now_ms)
    return _hand_out(connection, None, EVERYWHERE, 1, now_ms)


def waiting_for(connection: Connection, person: Person) -> list[Draft]:
    """The changes that this person may publish."""
    return [
        draft
        for draft in drafts(connection)
        if may_write(person, draft.place, price_only=draft.kind == PRICE)
    ]


def differences(connection: Connection, person: Person) -> list[Difference]:
    """What publishing would change in this person's shops; see :func:`publish`.

    Raises:
        CatalogueError: when the result would contradict itself.
    """
    waiting = waiting_for(connection, person)
    if not waiting:
        return []
    old = published(connection)
    new = old.with_drafts(waiting)
    own = old.places() | new.places()
    # Shops without words of their own have their region's list: it is compared once.
    alike = Counter(
        place if place in own else Place(place.region_code)
        for place in _shops_of(connection, person)
    )
    counts: dict[tuple[str, str, str, bool], list[Any]] = {}
    for place, shops in alike.items():
        before = {p.product_id: p for p in old.rendered(place).products}
        rendered = new.rendered(place)
        after = {p.product_id: p for p in rendered.products}
        for product_id in before.keys() | after.keys():
            one, other = before.get(product_id), after.get(product_id)
            if one == other:
                continue
            urgent = product_id in rendered.urgent
            key = (product_id, repr(one), repr(other), urgent)
            counts.setdefault(key, [one, other, 0])[2] += shops
    return [
        Difference(one, other, key[3], count)
        for key, (one, other, count) in sorted(counts.items(), key=lambda item: item[0])
    ]


def publish(connection: Connection, person: Person, now_ms: int) -> int:
    """Publishes what this person may: the version that his shops' kiosks get from now on.

    Raises:
        CatalogueError: when there is nothing to publish, or a list is too large to travel.
    """
    taken = waiting_for(connection, person)
    home = home_of(connection, person.scope)
    if not taken and not local_changes.undelivered(connection, person):
        raise CatalogueError("Nothing waits to be published.")
    for draft in taken:
        apply_draft(connection, draft, now_ms)
    version = _hand_out(connection, person, home, len(taken), now_ms)
    audit.note(
        connection,
        person,
        "catalogue.publish",
        str(version),
        now_ms=now_ms,
        region_code=home.region_code or None,
        shop_id=home.shop_id or None,
        changes=len(taken),
    )
    return version


def _hand_out(
    connection: Connection, person: Person | None, home: Place, changes: int, now_ms: int
) -> int:
    """Makes the next version for every shop within ``home`` whose list it changes."""
    version, facts, names = next_version(connection), published(connection), pictures(connection)
    key = key_in(connection)
    connection.execute(
        insert(catalogue_version).values(
            version=version,
            document=encode_document(version, facts.rendered(EVERYWHERE), names),
            created_ms=now_ms,
        )
    )
    local_changes.mark_published(connection, person, version)
    included = local_changes.included(connection)
    held = _held_documents(connection)
    reached, made = 0, Lists(facts, names, version)
    for place in _shops_of(connection, person):
        wanted = {"": (0, 0), **included.get(place.shop_id, {})}
        fresh = {kiosk_id: made.document(place, position) for kiosk_id, position in wanted.items()}
        if all(says_the_same(held.get((place.shop_id, k)), d) for k, d in fresh.items()):
            continue
        reached += 1
        for kiosk_id, document in fresh.items():
            keep(connection, key, place, kiosk_id, document, now_ms)
    connection.execute(
        insert(catalogue_release).values(
            version=version,
            account_id=person.account_id if person else None,
            shops=reached,
            changes=changes,
            published_ms=now_ms,
            **home.columns,
        )
    )
    return version


def _held_documents(connection: Connection) -> dict[tuple[int, str], bytes]:
    rows = connection.execute(select(shop_catalogue))
    return {(row.shop_id, row.kiosk_id): bytes(row.document) for row in rows}


def _shops_of(connection: Connection, person: Person | None) -> list[Place]:
    wanted = select(shop.c.region_code, shop.c.shop_id).order_by(shop.c.shop_id)
    if person is not None:
        wanted = wanted.where(person.scope.shops())
    return [Place(row.region_code, row.shop_id) for row in connection.execute(wanted)]
