"""Sessions: a random secret in a cookie, its hash in the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from sync.server.access import secret_hash
from sync.server.accounts import second_factor, throttle
from sync.server.accounts.passwords import is_right
from sync.server.accounts.people import by_email
from sync.server.accounts.roles import Person, Role, Scope
from sync.server.schema import account, session
from sync.server.store import Store

LIFETIME_MS = 12 * 3_600_000
QUIET_MS_MAX = 2 * 3_600_000
"""A coordinator's morning fits; a forgotten browser in a lobby does not stay open all day."""
_SEEN_STEP_MS = 60_000


class LoginRefusedError(Exception):
    """Wrong address, password or code; ``wait_s`` until the next try is looked at."""

    def __init__(self, wait_s: int = 0) -> None:
        super().__init__("refused")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody typed, and where from."""

    email: str
    password: str
    came_from: str


def log_in(store: Store, login: Login, now_ms: int) -> str:
    """Checks a password and gives a session's secret.

    The failure is counted before the slow check, in a transaction of its own, so that trying many
    at once or hanging up early gains nothing.

    Raises:
        LoginRefusedError: the same for a wrong address and a wrong password.
    """
    email = login.email.strip().lower()
    keys = (f"mail {email}", f"from {login.came_from}")

    def count(connection: Connection) -> int:
        wait_ms = throttle.wait_ms(connection, keys, now_ms)
        if wait_ms <= 0:
            throttle.failed(connection, keys, now_ms)
        return wait_ms

    wait_ms = store.write(count)
    if wait_ms > 0:
        raise LoginRefusedError(-(-wait_ms // 1000))
    row = store.read(lambda connection: by_email(connection, email))
    known = row is not None and row.disabled_ms is None
    if not is_right(row.password_hash if row is not None and known else None, login.password):
        raise LoginRefusedError
    assert row is not None

    def begin_session(connection: Connection) -> str:
        throttle.succeeded(connection, keys)
        return begin(connection, row.account_id, now_ms)

    return store.write(begin_session)


def begin(connection: Connection, account_id: int, now_ms: int) -> str:
    """A fresh session's secret."""
    secret = secrets.token_urlsafe(32)
    connection.execute(delete(session).where(session.c.expires_ms < now_ms))
    connection.execute(
        insert(session).values(
            token_hash=secret_hash(secret),
            account_id=account_id,
            csrf=secrets.token_urlsafe(24),
            second_factor=False,
            created_ms=now_ms,
            seen_ms=now_ms,
            expires_ms=now_ms + LIFETIME_MS,
        )
    )
    return secret


def person_of(store: Store, secret: str, now_ms: int) -> Person | None:
    """Who a cookie belongs to; None when it is wrong, too old, or was too long unused."""
    digest = secret_hash(secret)
    row = store.read(
        lambda connection: (
            connection.execute(
                select(session, account)
                .join(account, account.c.account_id == session.c.account_id)
                .where(session.c.token_hash == digest)
            )
            .mappings()
            .one_or_none()
        )
    )
    if row is None or row["disabled_ms"] is not None:
        return None
    if now_ms >= row["expires_ms"] or now_ms - row["seen_ms"] > QUIET_MS_MAX:
        return None
    if now_ms - row["seen_ms"] > _SEEN_STEP_MS:
        _seen(store, digest, now_ms)
    return Person(
        account_id=row["account_id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        scope=Scope(row["region_code"], row["shop_id"]),
        language=row["language"],
        csrf=row["csrf"],
        second_factor=bool(row["second_factor"]),
        has_second_factor=row["totp_confirmed_ms"] is not None,
    )


def show_second_factor(store: Store, secret: str, person: Person, code: str, now_ms: int) -> None:
    """Checks a code from the telephone; the session may then change things.

    The first right code also confirms a secret that was just set up.

    Raises:
        LoginRefusedError: for a wrong or used one, growing slower with each.
    """
    keys = (f"code {person.account_id}",)

    def work(connection: Connection) -> int | None:
        wait_ms = throttle.wait_ms(connection, keys, now_ms)
        if wait_ms > 0:
            return -(-wait_ms // 1000)
        mine = account.c.account_id == person.account_id
        row = connection.execute(
            select(account.c.totp_secret, account.c.totp_step, account.c.totp_confirmed_ms)
            .where(mine)
            .with_for_update()
        ).one()
        step = (
            second_factor.matching_step(row.totp_secret, code, now_ms, row.totp_step)
            if row.totp_secret
            else None
        )
        if step is None:
            throttle.failed(connection, keys, now_ms)
            return 0
        throttle.succeeded(connection, keys)
        confirmed_ms = row.totp_confirmed_ms or now_ms
        connection.execute(
            update(account).where(mine).values(totp_step=step, totp_confirmed_ms=confirmed_ms)
        )
        connection.execute(
            update(session)
            .where(session.c.token_hash == secret_hash(secret))
            .values(second_factor=True)
        )
        return None

    wait_s = store.write(work)
    if wait_s is not None:
        raise LoginRefusedError(wait_s)


def end(connection: Connection, secret: str) -> None:
    """Logs out."""
    connection.execute(delete(session).where(session.c.token_hash == secret_hash(secret)))


def _seen(store: Store, digest: bytes, now_ms: int) -> None:
    store.write(
        lambda connection: connection.execute(
            update(session).where(session.c.token_hash == digest).values(seen_ms=now_ms)
        )
    )
