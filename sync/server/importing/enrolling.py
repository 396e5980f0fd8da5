"""Taking in a kiosk that never had a network: its key comes with its journal.

A kiosk is named after its first key, and shows that name under *Machine*. Who compares the name
on the glass with the file's has compared the key: nobody else can make entries for it. Such a
kiosk has no token; when it gets a network one day, it enrols with a code as any other and keeps
its epoch.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from kiosk.domain.chain import GENESIS, kiosk_id_of, signature_is_valid
from sync.server import access
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, Role, shop_for
from sync.server.importing import source
from sync.server.importing.source import Found, JournalId
from sync.server.problems import ProblemError
from sync.server.schema import kiosk, kiosk_epoch, shop, watermark

SOFTWARE = "from a file"


def named_key(found: dict[JournalId, Found], kiosk_id: str) -> bytes:
    """The public key that the file gives and the kiosk is named after.

    Raises:
        ProblemError: ``kiosk_name`` when there is none, or it is not this kiosk's.
    """
    first = found.get(JournalId(kiosk_id, 1))
    if first is None or first.public_key is None:
        raise ProblemError(
            "kiosk_name",
            f"The file does not begin with the first epoch of kiosk {kiosk_id} and its key; "
            "export the whole journal: adal-kiosk journal export.",
        )
    if kiosk_id_of(first.public_key) != kiosk_id:
        raise ProblemError("kiosk_name", f"The key in the file is not that of kiosk {kiosk_id}.")
    return first.public_key


def require_signed(path: Path, kiosk_id: str, public_key: bytes) -> None:
    """Refuses a file whose entries the key did not sign: it shows no right to the name.

    Raises:
        ProblemError: ``signature``.
    """
    for line in source.read(path):
        one = line.entry
        if (one.kiosk_id, one.epoch) == (kiosk_id, 1):
            if signature_is_valid(public_key, one.hash, one.signature):
                return
            break
    raise ProblemError("signature", f"The first entry of kiosk {kiosk_id} is not signed by it.")


def enrol_from_file(
    connection: Connection,
    person: Person | None,
    *,
    slug: str,
    kiosk_id: str,
    public_key: bytes,
    now_ms: int,
) -> None:
    """Takes the kiosk in for a shop; its first epoch begins at nothing.

    Raises:
        ProblemError: ``forbidden``, ``not_found`` for the shop, ``kiosk_name`` when the kiosk is
            known already.
    """
    if person is not None and person.role not in (Role.NATIONAL, Role.REGION):
        raise ProblemError("forbidden", "Your region's coordinators take new kiosks in.")
    place = _place(connection, person, slug)
    if connection.execute(select(kiosk).where(kiosk.c.kiosk_id == kiosk_id)).first() is not None:
        raise ProblemError(
            "kiosk_name",
            f"Kiosk {kiosk_id} is known already and cannot be taken in from a file; "
            "see where it belongs: adal-sync kiosk list.",
        )
    shop_id = place.shop_id
    connection.execute(
        insert(kiosk).values(
            kiosk_id=kiosk_id, shop_id=shop_id, software=SOFTWARE, created_ms=now_ms
        )
    )
    connection.execute(
        insert(kiosk_epoch).values(
            kiosk_id=kiosk_id,
            epoch=1,
            shop_id=shop_id,
            public_key=public_key,
            link_hash=GENESIS,
            status=access.APPROVED,
            # Of a secret that nobody has: there is no token.
            token_hash=access.secret_hash(secrets.token_urlsafe(32)),
            enrolled_ms=now_ms,
        )
    )
    connection.execute(
        insert(watermark).values(
            shop_id=shop_id,
            kiosk_id=kiosk_id,
            epoch=1,
            seq=0,
            head_hash=GENESIS,
            kiosk_head_seq=0,
            last_seen_ms=now_ms,
            forked=False,
        )
    )
    audit.note(
        connection,
        person,
        "kiosk.enrol_from_file",
        kiosk_id,
        now_ms=now_ms,
        region_code=place.region_code,
        shop_id=shop_id,
    )


def grouped(kiosk_id: str) -> str:
    """``0123456789abcdef`` → ``0123 4567 89ab cdef``, easier to compare."""
    return " ".join(kiosk_id[at : at + 4] for at in range(0, len(kiosk_id), 4))


def hidden(kiosk_id: str) -> str:
    """Its beginning: whoever has to read the whole name off a screen cannot copy it from here."""
    return f"{kiosk_id[:4]} …"


def typed(text: str) -> str:
    """What somebody typed of a kiosk's name: blanks and capitals do not matter."""
    return "".join(text.split()).lower()


def _place(connection: Connection, person: Person | None, slug: str) -> Row[Any]:
    if person is not None:
        return shop_for(connection, person.scope, slug)
    row = connection.execute(select(shop).where(shop.c.slug == slug)).one_or_none()
    if row is None:
        raise ProblemError("not_found", f"There is no shop {slug!r}: adal-sync shop add.")
    return row
