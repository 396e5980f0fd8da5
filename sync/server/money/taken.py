"""Cash that was taken out of a box: is it where it should be?

It counts as received when a second person says so: at the kiosk with a PIN of their own
(``CashReceived``), or here by an account. Volunteers are known to the centre by a short id only,
so it cannot tell which account the taker has; therefore a shop's own lead, who may be the taker,
cannot confirm, and everybody else declares not to have taken it. Both stand in the audit trail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    desc,
    func,
    insert,
    not_,
    select,
    text,
    update,
)

from kiosk.domain.errors import ConfigError
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, Role, of_shops
from sync.server.problems import ProblemError
from sync.server.schema import account, shop
from sync.server.schema.money import cash_out, cash_receipt

OVERDUE_AFTER_MS = 3 * 24 * 3_600_000
"""Three days: a volunteer who comes on Friday finds an open office on Monday."""

SHOWN_MAX = 50
"""Of each kind: whoever has more to confirm does it region by region, or looks for a shop."""
NOTE_LENGTH_MAX = 300

_WAITS = text("cash_out.waits")
"""Said so, or SQLite would not use its index."""

CashKey = tuple[int, str, int, int]
"""Shop, kiosk, epoch and number of the entry."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Cash taken out once. ``where``: None while nobody confirmed it, else kiosk or centre."""

    slug: str
    shop_name: str
    kiosk_id: str
    epoch: int
    seq: int
    at_ms: int
    amount_tenge: int
    pieces: Mapping[str, int]
    purpose: str
    taken_by: str
    where: str | None
    received_ms: int | None
    received_by: str
    received_tenge: int | None
    note: str
    is_overdue: bool

    @property
    def state(self) -> str:
        """``overdue``, ``taken`` or ``received``."""
        if self.where is not None:
            return "received"
        return "overdue" if self.is_overdue else "taken"


def listed(
    connection: Connection,
    shops: ColumnElement[bool],
    since_day: date,
    until_day: date,
    now_ms: int,
) -> list[Taken]:
    """Overdue first, oldest of them on top, then waiting, then received, newest on top.

    What nobody confirmed is listed whatever its day is; what was received, if it was taken out
    on these days. At most :data:`SHOWN_MAX` of either.
    """
    here = of_shops(cash_out.c.shop_id, shops)
    waiting = select(cash_out).where(here, _WAITS).order_by(cash_out.c.at_ms).limit(SHOWN_MAX)
    done = (
        select(cash_out)
        .where(here, text("NOT cash_out.waits"), cash_out.c.day.between(since_day, until_day))
        # A day is made of its moment: by day first, so that its index leads and reading ends early.
        .order_by(cash_out.c.day.desc(), cash_out.c.at_ms.desc())
        .limit(SHOWN_MAX)
    )
    rows = [
        *connection.execute(_query(waiting).order_by("at_ms")),
        *connection.execute(_query(done).order_by(desc("at_ms"))),
    ]
    return [_taken(row._asdict(), now_ms) for row in rows]


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that was taken out and that nobody confirmed."""

    count: int
    tenge: int


def waiting(connection: Connection, shops: ColumnElement[bool]) -> Waiting:
    """Of the shops that the condition names, whatever the day."""
    total = (
        select(func.count(), func.coalesce(func.sum(cash_out.c.amount_tenge), 0))
        .join(shop, shop.c.shop_id == cash_out.c.shop_id)
        .where(shops, _WAITS)
    )
    return Waiting(*map(int, connection.execute(total).one()))


def receive(
    connection: Connection,
    person: Person,
    key: CashKey,
    *,
    received_tenge: int,
    note: str,
    is_second_person: bool,
    now_ms: int,
) -> None:
    """A second person says that the money arrived.

    Raises:
        ProblemError: ``not_found``; ``forbidden`` for the shop's own lead.
        ConfigError: without the declaration, or when it was confirmed already.
    """
    if person.role is Role.SHOP:
        raise ProblemError(
            "forbidden", "Somebody from outside the shop confirms that its money arrived."
        )
    row = connection.execute(_query(select(cash_out).where(_is(cash_out, key)))).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such cash here.")
    if not is_second_person:
        raise ConfigError("second_person")
    if row.kiosk_received_ms is not None or row.centre_ms is not None:
        raise ConfigError("received_already")
    names = dict(zip(("shop_id", "kiosk_id", "epoch", "seq"), key, strict=True))
    connection.execute(
        insert(cash_receipt).values(
            **names,
            account_id=person.account_id,
            received_tenge=received_tenge,
            note=note[:NOTE_LENGTH_MAX],
            at_ms=now_ms,
        )
    )
    _let_wait(connection, key, waits=False)
    _note(connection, person, "money.receive", key, now_ms, tenge=received_tenge, note=note)


def take_back_receipt(connection: Connection, person: Person, key: CashKey, now_ms: int) -> None:
    """It was a slip: the money waits again.

    Raises:
        ProblemError: ``not_found``; ``forbidden`` for the shop's own lead.
    """
    if person.role is Role.SHOP:
        raise ProblemError("forbidden", "Somebody from outside the shop does that.")
    gone = connection.execute(delete(cash_receipt).where(_is(cash_receipt, key)))
    if not gone.rowcount:
        raise ProblemError("not_found", "Nobody confirmed that here.")
    _let_wait(connection, key, waits=True)
    _note(connection, person, "money.receive_undo", key, now_ms)


def _let_wait(connection: Connection, key: CashKey, *, waits: bool) -> None:
    """Unless the kiosk has heard of it: then it waits no more, whatever is taken back here."""
    confirmed = cash_out.c.kiosk_received_ms.is_not(None)
    changed = update(cash_out).where(_is(cash_out, key), not_(confirmed)).values(waits=waits)
    connection.execute(changed)


def _note(
    connection: Connection, person: Person, action: str, key: CashKey, now_ms: int, **more: Any
) -> None:
    shop_id, kiosk_id, epoch, seq = key
    subject = f"{kiosk_id}/{epoch}/{seq}"
    audit.note(connection, person, action, subject, now_ms=now_ms, shop_id=shop_id, **more)


def _query(some: Select[Any]) -> Select[Any]:
    """Some of ``cash_out`` with what stands beside each, which is looked up of those alone."""
    out = some.subquery("out")
    keys = ("shop_id", "kiosk_id", "epoch", "seq")
    return (
        select(
            out,
            shop.c.slug,
            shop.c.name.label("shop_name"),
            cash_receipt.c.at_ms.label("centre_ms"),
            cash_receipt.c.received_tenge,
            cash_receipt.c.note,
            account.c.name.label("account_name"),
        )
        .join(shop, shop.c.shop_id == out.c.shop_id)
        .outerjoin(cash_receipt, and_(*(out.c[name] == cash_receipt.c[name] for name in keys)))
        .outerjoin(account, account.c.account_id == cash_receipt.c.account_id)
    )


def _is(table: Table, key: CashKey) -> ColumnElement[bool]:
    names = ("shop_id", "kiosk_id", "epoch", "seq")
    return and_(*(table.c[name] == value for name, value in zip(names, key, strict=True)))


def _taken(row: Mapping[str, object], now_ms: int) -> Taken:
    values = dict(row)
    kiosk_ms, centre_ms = values["kiosk_received_ms"], values["centre_ms"]
    where = "kiosk" if kiosk_ms is not None else "centre" if centre_ms is not None else None
    by = values["kiosk_received_by"] if where == "kiosk" else values["account_name"]
    names = (
        "slug shop_name kiosk_id epoch seq at_ms amount_tenge purpose taken_by received_tenge"
    ).split()
    return Taken(
        **{name: values[name] for name in names},  # type: ignore[arg-type]
        pieces=json.loads(str(values["pieces"])),
        where=where,
        received_ms=kiosk_ms if kiosk_ms is not None else centre_ms,  # type: ignore[arg-type]
        received_by=str(by or ""),
        note=str(values["note"] or ""),
        is_overdue=where is None and int(str(values["at_ms"])) < now_ms - OVERDUE_AFTER_MS,
    )
