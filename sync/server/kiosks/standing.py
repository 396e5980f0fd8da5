"""A kiosk's status: approved, declined, suspended, resumed, shut out; always within a scope."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select, update

from sync.server.access import APPROVED, PENDING, REVOKED, SUSPENDED
from sync.server.accounts.roles import Scope
from sync.server.kiosks import epochs
from sync.server.kiosks.codes import is_kiosk_id
from sync.server.problems import ProblemError
from sync.server.schema import kiosk, kiosk_epoch, shop


@dataclass(frozen=True, slots=True)
class Standing:
    """A kiosk's newest epoch within a scope, and where that is."""

    kiosk_id: str
    epoch: int
    status: str
    shop_id: int
    slug: str
    shop_name: str
    region_code: str


def standing(connection: Connection, scope: Scope, kiosk_id: str) -> Standing:
    """How a kiosk stands.

    Raises:
        ProblemError: ``not_found``, also for one that was never at a shop within scope.
    """
    row = None
    if is_kiosk_id(kiosk_id):
        row = connection.execute(
            select(
                kiosk_epoch.c.kiosk_id,
                kiosk_epoch.c.epoch,
                kiosk_epoch.c.status,
                shop.c.shop_id,
                shop.c.slug,
                shop.c.name,
                shop.c.region_code,
            )
            .join(shop, shop.c.shop_id == kiosk_epoch.c.shop_id)
            .where(kiosk_epoch.c.kiosk_id == kiosk_id, scope.shops())
            .order_by(kiosk_epoch.c.epoch.desc())
            .limit(1)
        ).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such kiosk here.")
    return Standing(*row)


def approve(connection: Connection, scope: Scope, kiosk_id: str) -> list[int]:
    """Lets a waiting kiosk in; the epochs that changed, none when it does not wait.

    Raises:
        ProblemError: ``not_found``; ``forbidden`` for a kiosk that stands at a shop elsewhere: it
            takes somebody who looks after both places to move it.
    """
    now = standing(connection, scope, kiosk_id)
    if now.status != PENDING:
        return []
    at_home = connection.execute(
        select(func.count())
        .select_from(kiosk)
        .join(shop, shop.c.shop_id == kiosk.c.shop_id)
        .where(kiosk.c.kiosk_id == kiosk_id, scope.shops())
    ).scalar_one()
    if not at_home:
        raise ProblemError(
            "forbidden",
            "This kiosk stands at a shop elsewhere. Somebody who looks after both places approves it.",
        )
    epochs.approve(connection, kiosk_id, now.epoch)
    return [now.epoch]


def decline(connection: Connection, scope: Scope, kiosk_id: str) -> list[int]:
    """Refuses a waiting epoch; an earlier one stays as it is."""
    return _move(connection, scope, kiosk_id, (PENDING,), REVOKED)


def suspend(connection: Connection, scope: Scope, kiosk_id: str) -> list[int]:
    """Gives an approved kiosk nothing new; what it sends is still taken."""
    return _move(connection, scope, kiosk_id, (APPROVED,), SUSPENDED)


def resume(connection: Connection, scope: Scope, kiosk_id: str) -> list[int]:
    """A suspended kiosk is in use again."""
    return _move(connection, scope, kiosk_id, (SUSPENDED,), APPROVED)


def revoke(connection: Connection, scope: Scope, kiosk_id: str) -> list[int]:
    """Shuts a kiosk out of the shops within scope; what it sent stays."""
    return _move(connection, scope, kiosk_id, (APPROVED, PENDING, SUSPENDED), REVOKED)


def _move(
    connection: Connection, scope: Scope, kiosk_id: str, before: tuple[str, ...], after: str
) -> list[int]:
    """Changes the epochs within scope that stand so; their numbers, none when none did."""
    standing(connection, scope, kiosk_id)
    those = (
        kiosk_epoch.c.kiosk_id == kiosk_id,
        kiosk_epoch.c.status.in_(before),
        kiosk_epoch.c.shop_id.in_(_shops(scope)),
    )
    changed = connection.execute(
        select(kiosk_epoch.c.epoch).where(*those).order_by(kiosk_epoch.c.epoch).with_for_update()
    ).scalars()
    numbers = [int(epoch) for epoch in changed]
    if numbers:
        connection.execute(update(kiosk_epoch).where(*those).values(status=after))
    return numbers


def _shops(scope: Scope) -> Select[tuple[int]]:
    return select(shop.c.shop_id).where(scope.shops())
