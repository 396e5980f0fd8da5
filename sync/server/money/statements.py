"""Statements that came: what they brought, and taking one back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, case, delete, func, select

from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.money import bank_sums
from sync.server.money.bank_sums import Credited
from sync.server.problems import ProblemError
from sync.server.schema import shop
from sync.server.schema.money import bank_line, bank_statement

STATEMENTS_SHOWN = 100


def withdraw(connection: Connection, person: Person, statement_id: str, now_ms: int) -> None:
    """Takes a statement back with all its lines and matches, as if it had never come.

    Raises:
        ProblemError: ``not_found`` when it is not there or has lines of shops of others.
    """
    mine = bank_line.c.statement_id == statement_id
    total = connection.execute(select(func.count()).where(mine)).scalar_one()
    own = connection.execute(
        select(func.count())
        .select_from(bank_line)
        .join(shop, shop.c.shop_id == bank_line.c.shop_id)
        .where(mine, person.scope.shops())
    ).scalar_one()
    if not total or own != total:
        raise ProblemError("not_found", "There is no such statement here.")
    region = connection.execute(
        select(bank_statement.c.region_code).where(bank_statement.c.statement_id == statement_id)
    ).scalar_one()
    names = [bank_line.c[name] for name in Credited._fields]
    gone: dict[int, list[Credited]] = {}
    for shop_id, *line in connection.execute(
        select(bank_line.c.shop_id, *names).where(mine).with_for_update()
    ):
        gone.setdefault(shop_id, []).append(Credited(*line))
    connection.execute(delete(bank_line).where(mine))
    for shop_id, lines in sorted(gone.items()):
        bank_sums.change(connection, shop_id, gone=lines)
    connection.execute(delete(bank_statement).where(bank_statement.c.statement_id == statement_id))
    audit.note(
        connection,
        person,
        "money.statement_withdraw",
        statement_id,
        now_ms=now_ms,
        region_code=region or None,
        lines=total,
    )


def listed(connection: Connection, person: Person) -> list[Any]:
    """What came, newest first, with the counts of this person's own shops."""
    open_count = func.sum(case((bank_line.c.state.in_(("free", "unclear")), 1), else_=0))
    mine = (
        select(
            bank_line.c.statement_id,
            func.count().label("lines"),
            func.sum(bank_line.c.amount_tenge).label("tenge"),
            open_count.label("open_lines"),
        )
        .join(shop, shop.c.shop_id == bank_line.c.shop_id)
        .where(person.scope.shops())
        .group_by(bank_line.c.statement_id)
        .subquery()
    )
    return list(
        connection.execute(
            select(bank_statement, mine.c.lines, mine.c.tenge, mine.c.open_lines)
            .join(mine, mine.c.statement_id == bank_statement.c.statement_id)
            .order_by(bank_statement.c.uploaded_ms.desc())
            .limit(STATEMENTS_SHOWN)
        )
    )
