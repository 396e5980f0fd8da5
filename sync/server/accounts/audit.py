"""What was changed, by whom, when: written in the transaction that changes it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from sync.server.accounts.roles import Person
from sync.server.schema import audit


def note(
    connection: Connection,
    person: Person | None,
    action: str,
    subject: str,
    *,
    now_ms: int,
    region_code: str | None = None,
    shop_id: int | None = None,
    **detail: Any,
) -> None:
    """Notes a change.

    Args:
        person: None for a command on the server itself.
        action: what was done, as ``catalogue.publish``.
        subject: what it was done to, as an id or a short name; never a secret.
        detail: before and after, where that tells more; plain JSON values.
    """
    connection.execute(
        insert(audit).values(
            at_ms=now_ms,
            audit_id=secrets.token_hex(8),
            account_id=person.account_id if person else None,
            action=action,
            region_code=region_code,
            shop_id=shop_id,
            subject=subject,
            detail=json.dumps(_plain(detail), ensure_ascii=False, sort_keys=True),
        )
    )


def _plain(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if value is not None}
