"""Accounts: made by an invitation or on the server itself, changed by their owner, shut by others."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kiosk.domain.errors import ConfigError
from sync.server.access import secret_hash
from sync.server.accounts import audit
from sync.server.accounts.passwords import hash_password
from sync.server.accounts.roles import Person, Role, Scope, check_scope
from sync.server.problems import ProblemError
from sync.server.schema import access_token, account, invitation, region, session, shop

INVITATION_LIFETIME_MS = 7 * 24 * 3_600_000
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation gives."""

    email: str
    role: Role
    scope: Scope


def normal_email(text: str) -> str:
    """The address in small letters.

    Raises:
        ConfigError: when it is none.
    """
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise ConfigError(f"{text.strip()[:80]!r} is no mail address.")
    return email


def add(
    connection: Connection,
    *,
    email: str,
    name: str,
    role: Role,
    scope: Scope,
    password: str,
    language: str,
    now_ms: int,
) -> int:
    """Makes an account and returns its number.

    Raises:
        ConfigError: for an address that is taken, a weak password, a role that does not fit.
    """
    check_scope(role, scope)
    _require_place(connection, scope)
    email = normal_email(email)
    if not name.strip():
        raise ConfigError("Please give a name; it stands in the list of changes.")
    taken = select(account.c.account_id).where(account.c.email == email)
    if connection.execute(taken).one_or_none() is not None:
        raise ConfigError(f"{email} has an account already.")
    last = connection.execute(select(func.max(account.c.account_id))).scalar_one()
    account_id = 1 if last is None else int(last) + 1
    connection.execute(
        insert(account).values(
            account_id=account_id,
            email=email,
            name=name.strip()[:200],
            role=role.value,
            region_code=scope.region_code,
            shop_id=scope.shop_id,
            password_hash=hash_password(password),
            language=language,
            created_ms=now_ms,
        )
    )
    return account_id


def invite(connection: Connection, person: Person, given: Invitation, now_ms: int) -> str:
    """A one-time link's secret for somebody; shown once, kept as a hash.

    Raises:
        ProblemError: ``forbidden`` when that is more than the person may give.
        ConfigError: for an address or a place that cannot be.
    """
    check_scope(given.role, given.scope)
    _require_place(connection, given.scope, within=person.scope)
    if not person.may_invite(given.role, given.scope):
        raise ProblemError("forbidden", "You cannot give that role.")
    email = normal_email(given.email)
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(invitation).values(
            token_hash=secret_hash(token),
            email=email,
            role=given.role.value,
            region_code=given.scope.region_code,
            shop_id=given.scope.shop_id,
            created_by=person.account_id,
            created_ms=now_ms,
            expires_ms=now_ms + INVITATION_LIFETIME_MS,
        )
    )
    audit.note(
        connection,
        person,
        "person.invite",
        email,
        now_ms=now_ms,
        region_code=given.scope.region_code,
        shop_id=given.scope.shop_id,
        role=given.role.value,
    )
    return token


def invitation_of(connection: Connection, token: str, now_ms: int) -> Invitation:
    """What a link gives.

    Raises:
        ProblemError: ``not_found`` for one that is wrong, used or too old.
    """
    row = connection.execute(
        select(invitation).where(
            invitation.c.token_hash == secret_hash(token),
            invitation.c.used_ms.is_(None),
            invitation.c.expires_ms > now_ms,
        )
    ).one_or_none()
    if row is None:
        raise ProblemError(
            "not_found", "This invitation was used or is too old; ask for a new one."
        )
    return Invitation(row.email, Role(row.role), Scope(row.region_code, row.shop_id))


def accept(
    connection: Connection, token: str, *, name: str, password: str, language: str, now_ms: int
) -> int:
    """Makes the account that a link gives; the link is used up.

    Raises:
        ProblemError: see :func:`invitation_of`.
        ConfigError: see :func:`add`.
    """
    given = invitation_of(connection, token, now_ms)
    account_id = add(
        connection,
        email=given.email,
        name=name,
        role=given.role,
        scope=given.scope,
        password=password,
        language=language,
        now_ms=now_ms,
    )
    connection.execute(
        update(invitation)
        .where(invitation.c.token_hash == secret_hash(token))
        .values(used_ms=now_ms)
    )
    audit.note(connection, None, "person.join", given.email, now_ms=now_ms, role=given.role.value)
    return account_id


def set_password(connection: Connection, email: str, password: str) -> None:
    """A new password; every session of that person ends.

    Raises:
        ConfigError: for a weak one, or an unknown address.
    """
    account_id = required(connection, email)
    mine = account.c.account_id == account_id
    connection.execute(update(account).where(mine).values(password_hash=hash_password(password)))
    connection.execute(delete(session).where(session.c.account_id == account_id))


def forget_second_factor(connection: Connection, email: str) -> None:
    """The telephone was lost: it is set up anew at the next login; every session ends.

    Raises:
        ConfigError: for an unknown address.
    """
    account_id = required(connection, email)
    connection.execute(
        update(account)
        .where(account.c.account_id == account_id)
        .values(totp_secret=None, totp_confirmed_ms=None, totp_step=None)
    )
    connection.execute(delete(session).where(session.c.account_id == account_id))


def required(connection: Connection, email: str) -> int:
    """The number of the account with that address.

    Raises:
        ConfigError: when there is none.
    """
    row = by_email(connection, normal_email(email))
    if row is None:
        raise ConfigError(f"Nobody here has the address {email}; see: adal-sync admin list")
    return int(row.account_id)


def disable(connection: Connection, account_id: int, now_ms: int) -> None:
    """Shuts somebody out at once: sessions end, tokens stop reading."""
    mine = account.c.account_id == account_id
    connection.execute(update(account).where(mine).values(disabled_ms=now_ms))
    connection.execute(delete(session).where(session.c.account_id == account_id))
    connection.execute(
        update(access_token)
        .where(access_token.c.account_id == account_id, access_token.c.revoked_ms.is_(None))
        .values(revoked_ms=now_ms)
    )


def by_email(connection: Connection, email: str) -> Row[Any] | None:
    """The account of an address in small letters."""
    return connection.execute(select(account).where(account.c.email == email)).one_or_none()


def listed(connection: Connection, scope: Scope) -> list[Row[Any]]:
    """Everybody whose part lies within, by name."""
    rows = connection.execute(
        select(account, shop.c.slug, shop.c.region_code.label("shop_region"))
        .outerjoin(shop, shop.c.shop_id == account.c.shop_id)
        .order_by(account.c.name)
    )
    return [
        row
        for row in rows
        if scope.holds(row.region_code, row.shop_id, shop_region=row.shop_region or "")
    ]


def _require_place(connection: Connection, scope: Scope, within: Scope | None = None) -> None:
    """Refuses a region or shop that is not there, or not within the inviter's own part."""
    shop_region = ""
    if scope.shop_id is not None:
        found = connection.execute(
            select(shop.c.region_code).where(shop.c.shop_id == scope.shop_id)
        ).scalar_one_or_none()
        if found is None:
            raise ConfigError("There is no such shop.")
        shop_region = found
    if scope.region_code is not None:
        known = select(region.c.region_code).where(region.c.region_code == scope.region_code)
        if connection.execute(known).one_or_none() is None:
            raise ConfigError(f"There is no region {scope.region_code!r}.")
    if within is not None and not within.holds(
        scope.region_code, scope.shop_id, shop_region=shop_region
    ):
        raise ProblemError("forbidden", "That place is not yours to give.")
