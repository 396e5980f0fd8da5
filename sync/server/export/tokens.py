"""Tokens for programs: made by a coordinator, shown once, good for what he may see himself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kiosk.domain.errors import ConfigError
from sync.server import access
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, Scope
from sync.server.problems import ProblemError
from sync.server.schema import access_token, account

NAME_LENGTH_MAX = 48
TOKENS_MAX = 20


def scope_of(connection: Connection, token: str) -> Scope:
    """What a token may read: its owner's part of the shops, as it is now.

    Raises:
        ProblemError: ``token_unknown``, also when its owner was shut out.
    """
    access.require_reader(connection, token)
    row = connection.execute(
        select(
            access_token.c.account_id,
            account.c.account_id.label("owner"),
            account.c.region_code,
            account.c.shop_id,
            account.c.disabled_ms,
        )
        .outerjoin(account, account.c.account_id == access_token.c.account_id)
        .where(access_token.c.token_hash == access.secret_hash(token))
    ).one()
    if row.account_id is None:
        return Scope()  # made on the server itself
    if row.owner is None or row.disabled_ms is not None:
        raise ProblemError("token_unknown", "Whoever made this token has no account any more.")
    return Scope(row.region_code, row.shop_id)


def make(connection: Connection, person: Person, name: str, now_ms: int) -> str:
    """A token's secret, for the one time that it is shown.

    Raises:
        ConfigError: for a name that is empty, too long or taken, or when there are too many.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise ConfigError("name")
    if len(listed(connection, person)) >= TOKENS_MAX:
        raise ConfigError("many")
    kept_as = _kept_as(person, name)
    if connection.execute(select(access_token).where(access_token.c.name == kept_as)).first():
        raise ConfigError("taken")
    token = access.new_access_token()
    connection.execute(
        insert(access_token).values(
            token_hash=access.secret_hash(token),
            name=kept_as,
            created_ms=now_ms,
            account_id=person.account_id,
        )
    )
    audit.note(connection, person, "token.make", name, now_ms=now_ms, **_place(person))
    return token


def revoke(connection: Connection, person: Person, name: str, now_ms: int) -> None:
    """Makes one of one's own tokens useless.

    Raises:
        ProblemError: ``not_found`` when there is none of that name in use.
    """
    done = connection.execute(
        update(access_token)
        .where(
            access_token.c.account_id == person.account_id,
            access_token.c.name == _kept_as(person, name),
            access_token.c.revoked_ms.is_(None),
        )
        .values(revoked_ms=now_ms)
    )
    if done.rowcount == 0:
        raise ProblemError("not_found", "There is no such token in use.")
    audit.note(connection, person, "token.revoke", name, now_ms=now_ms, **_place(person))


def listed(connection: Connection, person: Person) -> list[tuple[str, int]]:
    """One's own tokens in use: name and when it was made, the newest first."""
    rows: list[Row[Any]] = list(
        connection.execute(
            select(access_token.c.name, access_token.c.created_ms)
            .where(
                access_token.c.account_id == person.account_id,
                access_token.c.revoked_ms.is_(None),
            )
            .order_by(access_token.c.created_ms.desc(), access_token.c.name)
        )
    )
    return [(row.name.partition(":")[2], row.created_ms) for row in rows]


def _kept_as(person: Person, name: str) -> str:
    """Names are unique in the table; two people may both call theirs "excel"."""
    return f"{person.account_id}:{name}"


def _place(person: Person) -> dict[str, Any]:
    return {"region_code": person.scope.region_code, "shop_id": person.scope.shop_id}
