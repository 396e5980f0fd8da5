"""What a channel's message says: a digest of all that happened since the last one."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from sync.server.alarms.book import What
from sync.server.alarms.outbox import TEST
from sync.server.web.page import environment

TEMPLATE = "overview_mail.html"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened, with the shop's names for whoever reads it."""

    message_id: str
    what: str
    at_ms: int
    kind: str
    key: str
    severity: int
    since_ms: int
    detail: Mapping[str, Any]
    shop_name: str
    slug: str
    region_code: str
    region_names: Mapping[str, str]


def collapse(rows: Iterable[Row[Any]]) -> list[Item]:
    """The last word on each alarm, most urgent first; what came and went is left out."""
    last: dict[tuple[object, ...], Item] = {}
    opened: set[tuple[object, ...]] = set()
    for row in sorted(rows, key=lambda row: (row.at_ms, row.message_id)):
        item, name = _item(row), (row.shop_id, row.alarm_kind, row.key, row.what == TEST)
        if row.what == What.CLOSED and name in opened:
            opened.discard(name)
            last.pop(name, None)
            continue
        if row.what == What.OPENED:
            opened.add(name)
        last[name] = item
    return sorted(
        last.values(),
        key=lambda item: (item.what == What.CLOSED, -item.severity, item.since_ms, item.slug),
    )


def subject_and_text(items: Sequence[Item], language: str, public_url: str) -> tuple[str, str]:
    """A mail's words, in plain text."""
    values = {"items": items, "language": language, "public_url": public_url}
    drawn = environment(language).get_template(TEMPLATE).render(**values)
    # Drawn as a page is, so that nothing of it is ever markup; in a mail there is none.
    subject, _, text = html.unescape(drawn).partition("\n")
    return subject.strip(), text.strip() + "\n"


def payload(items: Sequence[Item], now_ms: int) -> bytes:
    """A webhook's body."""
    body = {
        "version": 1,
        "sent_ms": now_ms,
        "alarms": [
            {
                "id": item.message_id,
                "what": item.what,
                "at_ms": item.at_ms,
                "kind": item.kind,
                "kiosk_id": item.key or None,
                "severity": item.severity,
                "since_ms": item.since_ms,
                "shop": item.slug,
                "shop_name": item.shop_name,
                "region": item.region_code,
                "detail": item.detail,
            }
            for item in items
        ],
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _item(row: Row[Any]) -> Item:
    body = json.loads(row.body)
    return Item(
        row.message_id,
        row.what,
        row.at_ms,
        row.alarm_kind,
        row.key,
        body.get("severity", 1),
        body.get("since_ms", row.at_ms),
        body.get("detail", {}),
        row.shop_name or "",
        row.slug or "",
        row.region_code or "",
        {"kk": row.name_kk or "", "ru": row.name_ru or "", "en": row.name_en or ""},
    )
