"""What kiosks say of the settings they have: which version, what waits, what did not fit."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from sync.server.access import APPROVED, Caller
from sync.server.schema import kiosk_epoch
from sync.server.schema.kiosk_settings import kiosk_settings_report as table


class Report(NamedTuple):
    """As a kiosk tells it; ``waiting`` and ``refused`` are keys with commas between them."""

    version: int
    in_effect: int
    waiting: str
    refused: str


def is_known(connection: Connection, caller: Caller, report: Report) -> bool:
    """Whether that is what the kiosk said last."""
    found = connection.execute(
        select(table.c.version, table.c.in_effect, table.c.waiting, table.c.refused).where(
            table.c.shop_id == caller.shop_id, table.c.kiosk_id == caller.kiosk_id
        )
    ).one_or_none()
    return found is not None and tuple(found) == report


def keep(connection: Connection, caller: Caller, report: Report, now_ms: int) -> None:
    """Notes what a kiosk said."""
    same = (table.c.shop_id == caller.shop_id) & (table.c.kiosk_id == caller.kiosk_id)
    connection.execute(delete(table).where(same))
    connection.execute(
        insert(table).values(
            shop_id=caller.shop_id,
            kiosk_id=caller.kiosk_id,
            **report._asdict(),
            reported_ms=now_ms,
        )
    )


def of_shop(connection: Connection, shop_id: int) -> list[dict[str, Any]]:
    """A shop's kiosks in use, each with what it said last."""
    kiosks = (
        select(kiosk_epoch.c.kiosk_id)
        .where(kiosk_epoch.c.shop_id == shop_id, kiosk_epoch.c.status == APPROVED)
        .distinct()
        .order_by(kiosk_epoch.c.kiosk_id)
    )
    said = {
        row.kiosk_id: row
        for row in connection.execute(select(table).where(table.c.shop_id == shop_id))
    }
    return [
        {
            "kiosk_id": kiosk_id,
            "report": said.get(kiosk_id),
            "waiting": _keys(said[kiosk_id].waiting) if kiosk_id in said else [],
            "refused": _keys(said[kiosk_id].refused) if kiosk_id in said else [],
        }
        for kiosk_id in connection.execute(kiosks).scalars()
    ]


def _keys(text: str) -> list[str]:
    return text.split(",") if text else []
