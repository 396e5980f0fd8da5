"""Versions as bytes: encoded once, signed for their shop, kept, never made again."""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, func, insert, select

from kiosk.domain.errors import CatalogueError, ProductError
from kiosk.domain.products import Catalogue
from sync.proof import signed_bytes
from sync.server.catalogues.facts import Facts, Rendered, used_pictures
from sync.server.catalogues.places import Place
from sync.server.schema import catalogue_version
from sync.server.schema.catalogue import shop_catalogue
from sync.wire import CATALOGUE_SIZE_BYTES_MAX, CatalogueDocument

VERSION_MAX = 2**30
"""No honest kiosk reports more; above it there is room left for versions of ours."""


def current_version(connection: Connection) -> int:
    """The newest version of all; 0 before the first."""
    newest = connection.execute(select(func.max(catalogue_version.c.version))).scalar_one()
    return 0 if newest is None else int(newest)


def current_document(connection: Connection) -> tuple[int, bytes] | None:
    """The newest version and its bytes, as for a shop without prices of its own."""
    row = connection.execute(
        select(catalogue_version.c.version, catalogue_version.c.document)
        .order_by(catalogue_version.c.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.version, bytes(row.document))


def next_version(connection: Connection) -> int:
    """Higher than any that a kiosk has, also after a backup was restored."""
    highest = connection.execute(select(func.max(shop_catalogue.c.version))).scalar_one() or 0
    return max(current_version(connection), int(highest)) + 1


def encode_document(
    version: int, rendered: Rendered, names: dict[str, str], included: tuple[int, int] = (0, 0)
) -> bytes:
    """The bytes that travel.

    Raises:
        CatalogueError: when they cannot, or contradict themselves.
    """
    try:
        Catalogue(version, [message.to_product() for message in rendered.products])
    except ProductError as error:
        raise CatalogueError(f"These products cannot be published: {error}") from error
    used = used_pictures(names, (message.picture for message in rendered.products))
    document = msgspec.json.encode(
        CatalogueDocument(version, list(rendered.products), *included, rendered.urgent, used)
    )
    if len(document) > CATALOGUE_SIZE_BYTES_MAX:
        raise CatalogueError(
            f"The catalogue has {len(document)} bytes; {CATALOGUE_SIZE_BYTES_MAX} can travel."
        )
    return document


def keep(
    connection: Connection,
    key: Ed25519PrivateKey,
    place: Place,
    kiosk_id: str,
    document: bytes,
    now_ms: int,
) -> None:
    """Keeps a shop's document with its version and the centre's signature."""
    same = (shop_catalogue.c.shop_id == place.shop_id) & (shop_catalogue.c.kiosk_id == kiosk_id)
    connection.execute(delete(shop_catalogue).where(same))
    version = msgspec.json.decode(document, type=CatalogueDocument).version
    connection.execute(
        insert(shop_catalogue).values(
            shop_id=place.shop_id,
            kiosk_id=kiosk_id,
            version=version,
            document=document,
            signature=key.sign(signed_bytes(place.shop_id, document)),
            created_ms=now_ms,
        )
    )


class Lists:
    """Documents of one version; shops without words of their own share their region's."""

    def __init__(self, facts: Facts, names: dict[str, str], version: int) -> None:
        self._facts = facts
        self._names = names
        self._version = version
        self._own = facts.places()
        self._made: dict[tuple[Place, tuple[int, int]], bytes] = {}

    def document(self, place: Place, included: tuple[int, int]) -> bytes:
        """For a shop, and for a kiosk whose changes up to ``included`` are decided."""
        kind = place if place in self._own else Place(place.region_code)
        if (kind, included) not in self._made:
            self._made[kind, included] = encode_document(
                self._version, self._facts.rendered(kind), self._names, included
            )
        return self._made[kind, included]


def says_the_same(held: bytes | None, fresh: bytes) -> bool:
    """Whether only the version's number differs."""
    if held is None:
        return False
    old, new = (msgspec.json.decode(d, type=CatalogueDocument) for d in (held, fresh))
    return msgspec.structs.replace(old, version=new.version) == new
