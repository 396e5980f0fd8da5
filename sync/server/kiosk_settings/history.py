"""Who set what when: from the audit trail, which is written with every change."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, and_, or_, select

from sync.server.kiosk_settings.values import Place
from sync.server.schema import account, audit

SHOWN_MAX = 30
_ACTIONS = (
    "settings.set",
    "settings.reset",
    "volunteer.issue",
    "volunteer.pin",
    "volunteer.revoke",
)


def changes(connection: Connection, place: Place) -> list[dict[str, Any]]:
    """The newest changes that a place's kiosks felt, newest first."""
    of_region = and_(audit.c.region_code == place.region_code, audit.c.shop_id.is_(None))
    here = or_(of_region, audit.c.shop_id == place.shop_id) if place.shop_id else of_region
    found = (
        select(audit, account.c.name)
        .outerjoin(account, account.c.account_id == audit.c.account_id)
        .where(audit.c.action.in_(_ACTIONS), here)
        .order_by(audit.c.at_ms.desc(), audit.c.audit_id)
        .limit(SHOWN_MAX)
    )
    return [
        {
            "at_ms": row.at_ms,
            "who": row.name,
            "action": row.action,
            "subject": row.subject,
            "is_region": row.shop_id is None,
            **{name: _of(row.detail, name) for name in ("before", "after")},
        }
        for row in connection.execute(found)
    ]


def _of(detail: str, name: str) -> Any:
    try:
        return msgspec.json.decode(detail).get(name)
    except (msgspec.MsgspecError, AttributeError):
        return None
