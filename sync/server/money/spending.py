"""Money that left: payouts to the cause, and costs that the kiosk does not know of.

Nothing is deleted: what was entered by mistake is taken back, stays visible, and no longer counts.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, select, update

from kiosk.domain.errors import ConfigError, MoneyError
from kiosk.domain.ledger import day_of
from kiosk.domain.money import parse_tenge
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, of_shops
from sync.server.money import documents
from sync.server.problems import ProblemError
from sync.server.schema import account, shop
from sync.server.schema.money import money_cost, money_payout

WORDS_LENGTH_MAX = 200
FIRST_DAY = date(2020, 1, 1)


class Kind(StrEnum):
    """Where the money went: to the cause, or for goods and other needs of the shop."""

    PAYOUT = "payout"
    COST = "cost"


_TABLES: dict[Kind, tuple[Table, str, str]] = {
    Kind.PAYOUT: (money_payout, "payout_id", "cause"),
    Kind.COST: (money_cost, "cost_id", "what"),
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a form says. ``words``: the cause, or what was bought."""

    kind: Kind
    day: date
    amount_tenge: int
    words: str
    document: bytes | None


def spent(
    kind: Kind, *, day: str, amount: str, words: str, document: bytes | None, now_ms: int
) -> Spent:
    """Reads a form.

    Raises:
        ConfigError: ``day``, ``amount``, ``words``, ``document_size``, ``document_kind``.
    """
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise ConfigError("day") from error
    if not FIRST_DAY <= on <= day_of(now_ms):
        raise ConfigError("day")
    try:
        amount_tenge = parse_tenge(amount)
    except MoneyError as error:
        raise ConfigError("amount") from error
    if not amount_tenge:
        raise ConfigError("amount")
    if not words.strip():
        raise ConfigError("words")
    if document is not None:
        documents.media_type_of(document)
    return Spent(kind, on, amount_tenge, words.strip()[:WORDS_LENGTH_MAX], document)


def add(
    connection: Connection,
    person: Person,
    shop_id: int,
    what: Spent,
    *,
    form_id: str,
    now_ms: int,
) -> None:
    """Enters it; the same form sent twice is entered once.

    Args:
        form_id: 32 hex digits that the form came with.
    """
    table, key, words = _TABLES[what.kind]
    spent_id = form_id if _is_id(form_id) else secrets.token_hex(16)
    here = select(table.c[key]).where(table.c.shop_id == shop_id, table.c[key] == spent_id)
    if connection.execute(here).first() is not None:
        return
    document_id = None
    if what.document is not None:
        document_id = documents.add(connection, shop_id, what.document)
    connection.execute(
        insert(table).values(
            shop_id=shop_id,
            day=what.day,
            amount_tenge=what.amount_tenge,
            document_id=document_id,
            account_id=person.account_id,
            created_ms=now_ms,
            **{key: spent_id, words: what.words},
        )
    )
    audit.note(
        connection,
        person,
        f"money.{what.kind}",
        spent_id,
        now_ms=now_ms,
        shop_id=shop_id,
        tenge=what.amount_tenge,
        day=what.day.isoformat(),
        words=what.words,
        document=document_id,
    )


def take_back(
    connection: Connection, person: Person, shop_id: int, kind: Kind, spent_id: str, now_ms: int
) -> None:
    """It was entered by mistake and no longer counts.

    Raises:
        ProblemError: ``not_found``, also when it was taken back already.
    """
    table, key, _ = _TABLES[kind]
    done = connection.execute(
        update(table)
        .where(table.c.shop_id == shop_id, table.c[key] == spent_id)
        .where(table.c.withdrawn_ms.is_(None))
        .values(withdrawn_ms=now_ms, withdrawn_by=person.account_id)
    )
    if not done.rowcount:
        raise ProblemError("not_found", "There is nothing of that number here.")
    audit.note(connection, person, f"money.{kind}_undo", spent_id, now_ms=now_ms, shop_id=shop_id)


def listed(
    connection: Connection,
    kind: Kind,
    shops: ColumnElement[bool],
    since_day: date,
    until_day: date,
    limit: int | None = None,
) -> list[Any]:
    """Newest first, those taken back too; with ``spent_id``, ``words`` and the shop's names."""
    table, key, words = _TABLES[kind]
    # What stands beside each is looked up of those alone that are shown.
    some = (
        select(table)
        .where(of_shops(table.c.shop_id, shops), table.c.day.between(since_day, until_day))
        .order_by(table.c.day.desc(), table.c.created_ms.desc())
        .limit(limit)
        .subquery("some")
    )
    return list(
        connection.execute(
            select(
                some,
                some.c[key].label("spent_id"),
                some.c[words].label("words"),
                shop.c.slug,
                shop.c.name.label("shop_name"),
                account.c.name.label("account_name"),
            )
            .join(shop, shop.c.shop_id == some.c.shop_id)
            .outerjoin(account, account.c.account_id == some.c.account_id)
            .order_by(some.c.day.desc(), some.c.created_ms.desc())
        )
    )


def _is_id(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("0123456789abcdef")
