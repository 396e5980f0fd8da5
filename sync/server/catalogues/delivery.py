"""What a kiosk gets, and what it says that it has."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, insert, select

from sync.proof import signed_bytes
from sync.server.access import Caller
from sync.server.catalogues import documents
from sync.server.catalogues.facts import pictures, published
from sync.server.catalogues.places import Place
from sync.server.problems import ProblemError
from sync.server.schema import shop
from sync.server.schema.catalogue import kiosk_catalogue, picture, shop_catalogue
from sync.server.server_key import key_in
from sync.wire import CatalogueDocument


class Delivery(NamedTuple):
    """A version, its exact bytes, and the centre's signature over them."""

    version: int
    document: bytes
    signature: bytes


def document_for(connection: Connection, key: Ed25519PrivateKey, caller: Caller) -> Delivery | None:
    """The newest version for a kiosk; None before the first.

    A shop that was added after the last publishing has nothing kept yet: its list is made now.
    """
    rows = connection.execute(
        select(shop_catalogue).where(
            shop_catalogue.c.shop_id == caller.shop_id,
            shop_catalogue.c.kiosk_id.in_(("", caller.kiosk_id)),
        )
    ).all()
    if rows:
        row = max(rows, key=lambda r: str(r.kiosk_id))
        return Delivery(row.version, bytes(row.document), bytes(row.signature))
    version = documents.current_version(connection)
    if version == 0:
        return None
    place = _place_of(connection, caller.shop_id)
    document = documents.encode_document(
        version, published(connection).rendered(place), pictures(connection)
    )
    return Delivery(version, document, key.sign(signed_bytes(caller.shop_id, document)))


def version_for(connection: Connection, caller: Caller) -> int:
    """The version that :func:`document_for` would give; 0 for none."""
    versions = connection.execute(
        select(shop_catalogue.c.kiosk_id, shop_catalogue.c.version).where(
            shop_catalogue.c.shop_id == caller.shop_id,
            shop_catalogue.c.kiosk_id.in_(("", caller.kiosk_id)),
        )
    ).all()
    if versions:
        return int(max(versions, key=lambda r: str(r.kiosk_id)).version)
    return documents.current_version(connection)


def note_version(connection: Connection, caller: Caller, have: int, now_ms: int) -> None:
    """Notes which version a kiosk has.

    One that has a higher version than its shop (this centre was restored from a backup, or the
    kiosk came from another one) takes no lower one: the shop's list goes out again above it.
    """
    same = (kiosk_catalogue.c.shop_id == caller.shop_id) & (
        kiosk_catalogue.c.kiosk_id == caller.kiosk_id
    )
    known = connection.execute(select(kiosk_catalogue.c.version).where(same)).scalar_one_or_none()
    if known != have and have <= documents.VERSION_MAX:
        connection.execute(delete(kiosk_catalogue).where(same))
        connection.execute(
            insert(kiosk_catalogue).values(
                shop_id=caller.shop_id,
                kiosk_id=caller.kiosk_id,
                version=have,
                reported_ms=now_ms,
            )
        )
    newest = version_for(connection, caller)
    if newest and newest < have <= documents.VERSION_MAX:
        _reissue(connection, caller, have + 1, now_ms)


def picture_content(connection: Connection, sha256: str) -> bytes:
    """A picture's PNG.

    Raises:
        ProblemError: ``not_found``.
    """
    content = connection.execute(
        select(picture.c.content).where(picture.c.sha256 == sha256)
    ).scalar_one_or_none()
    if content is None:
        raise ProblemError("not_found", "There is no such picture.")
    return bytes(content)


def _reissue(connection: Connection, caller: Caller, version: int, now_ms: int) -> None:
    key, place = key_in(connection), _place_of(connection, caller.shop_id)
    rows = connection.execute(
        select(shop_catalogue).where(shop_catalogue.c.shop_id == caller.shop_id)
    ).all()
    held = {row.kiosk_id: bytes(row.document) for row in rows}
    if not held:
        made = document_for(connection, key, caller)
        held = {"": made.document} if made else {}
    for kiosk_id, document in held.items():
        old = msgspec.json.decode(document, type=CatalogueDocument)
        fresh = msgspec.json.encode(msgspec.structs.replace(old, version=version))
        documents.keep(connection, key, place, kiosk_id, fresh, now_ms)


def _place_of(connection: Connection, shop_id: int) -> Place:
    region_code = connection.execute(
        select(shop.c.region_code).where(shop.c.shop_id == shop_id)
    ).scalar_one()
    return Place(region_code, shop_id)
