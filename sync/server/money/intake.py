"""Taking a bank's statement in: all of its credits or none, and each of them once.

**What is kept of a payer: nothing.** Of a line stay its day, time, amount and shop, and a keyed
fingerprint of the rest (``fingerprints``). The bank's words and the file are dropped when the
request ends.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.money.columns import Columns, Credit
from sync.server.money.fingerprints import add_lines
from sync.server.money.reconcile import rematch
from sync.server.money.statement import StatementError, Wrong
from sync.server.schema import shop
from sync.server.schema.money import bank_profile, bank_statement

BANK_NAME_LENGTH_MAX = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A shop as a statement may name it."""

    shop_id: int
    slug: str
    name: str
    region_code: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """Credits by shop, and how many stood at places that are no shop here."""

    by_shop: Mapping[int, Sequence[Credit]]
    unknown: Counter[str]
    said: Counter[str] = field(default_factory=Counter)
    """Lines of places that a person said to be a shop."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a statement brought. ``known``: lines that were here already."""

    taken: int
    known: int
    matched: int


def places(connection: Connection, person: Person) -> list[Place]:
    """The shops whose statements this person may bring."""
    rows = connection.execute(
        select(shop.c.shop_id, shop.c.slug, shop.c.name, shop.c.region_code)
        .where(person.scope.shops())
        .order_by(shop.c.name)
    )
    return [Place(*row) for row in rows]


def sort(found: Sequence[Credit], known: Sequence[Place], columns: Columns, slug: str) -> Sorted:
    """Finds each credit's shop.

    Args:
        slug: the shop whose statement it is; empty when a column names the places: then by what
            a person said of a place, or where it is a shop's short or whole name.

    Raises:
        StatementError: when neither says whose it is.
    """
    by_slug = {place.slug: place for place in known}
    if slug:
        if slug not in by_slug:
            raise StatementError(Wrong.NO_SHOP)
        return Sorted({by_slug[slug].shop_id: found}, Counter())
    if not columns.place:
        raise StatementError(Wrong.NO_SHOP)
    names = {name.casefold(): p for p in known for name in (p.name, p.slug)}
    by_shop: dict[int, list[Credit]] = {}
    unknown: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for credit in found:
        place = by_slug.get(columns.places.get(credit.place, ""))
        if place is not None:
            said[credit.place] += 1
        else:
            place = names.get(credit.place.casefold())
        if place is None:
            unknown[credit.place] += 1
        else:
            by_shop.setdefault(place.shop_id, []).append(credit)
    return Sorted(by_shop, unknown, said)


def take(
    connection: Connection,
    person: Person,
    *,
    bank: str,
    region_code: str,
    columns: Columns,
    content: bytes,
    by_shop: Mapping[int, Sequence[Credit]],
    skipped: int,
    now_ms: int,
) -> Taken:
    """Takes a statement's credits in, remembers the bank's columns and matches what it can.

    The same file again, or another one with some of its lines, adds only what is new.

    Raises:
        StatementError: without a bank's name, or when this file was taken with other columns.
    """
    if not bank:
        raise StatementError(Wrong.NO_BANK)
    digest = hashlib.sha256(content).digest()
    _remember(connection, region_code, bank, columns, now_ms)
    used = msgspec.json.encode(_without_places(columns)).decode()
    earlier = connection.execute(
        select(bank_statement.c.statement_id, bank_statement.c.mapping).where(
            bank_statement.c.region_code == region_code, bank_statement.c.file_sha256 == digest
        )
    ).one_or_none()
    if earlier is not None and earlier.mapping != used:
        raise StatementError(Wrong.OTHER_COLUMNS)
    statement_id = earlier.statement_id if earlier else secrets.token_hex(16)
    total = sum(map(len, by_shop.values()))
    days = [credit.day for some in by_shop.values() for credit in some]
    taken = sum(
        add_lines(connection, shop_id, statement_id, some, now_ms)
        for shop_id, some in sorted(by_shop.items())
    )
    if taken:
        known = {"lines_taken": taken, "lines_known": total - taken, "lines_skipped": skipped}
        if earlier is None:
            connection.execute(
                insert(bank_statement).values(
                    statement_id=statement_id,
                    region_code=region_code,
                    file_sha256=digest,
                    bank=bank,
                    mapping=used,
                    account_id=person.account_id,
                    uploaded_ms=now_ms,
                    first_day=min(days),
                    last_day=max(days),
                    **known,
                )
            )
        else:
            mine = bank_statement.c.statement_id == statement_id
            more = bank_statement.c.lines_taken + taken
            connection.execute(update(bank_statement).where(mine).values(lines_taken=more))
        audit.note(
            connection,
            person,
            "money.statement",
            bank,
            now_ms=now_ms,
            region_code=region_code or None,
            statement=statement_id,
            **known,
        )
    matched = sum(
        rematch(connection, shop_id, min(days), now_ms) for shop_id in sorted(by_shop) if days
    )
    return Taken(taken, total - taken, matched)


def remembered(connection: Connection, region_code: str) -> dict[str, Columns]:
    """The banks' columns as they were used last, by the bank's name."""
    rows = connection.execute(
        select(bank_profile.c.name, bank_profile.c.mapping)
        .where(bank_profile.c.region_code == region_code)
        .order_by(bank_profile.c.name)
    )
    return {row.name: msgspec.json.decode(row.mapping, type=Columns) for row in rows}


def _without_places(columns: Columns) -> Columns:
    return Columns(columns.day, columns.time, columns.amount, columns.reference, columns.place)


def _remember(
    connection: Connection, region_code: str, bank: str, columns: Columns, now_ms: int
) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(bank_profile).values(
        region_code=region_code,
        name=bank,
        mapping=msgspec.json.encode(columns).decode(),
        changed_ms=now_ms,
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["region_code", "name"],
            set_={"mapping": new.mapping, "changed_ms": new.changed_ms},
        )
    )
