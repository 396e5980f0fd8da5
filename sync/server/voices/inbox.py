"""The suggestions that somebody sees: open ones first, the oldest of them on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, select

from kiosk.domain.entries import Suggestion, decode
from kiosk.domain.errors import AdalError
from sync.server.problems import ProblemError
from sync.server.schema import account, entry, region, shop, suggestion_text
from sync.server.schema.voices import suggestion_case, suggestion_step
from sync.server.suggestions import text_sha256
from sync.server.voices.words import OPEN, Key, Office, Status

PAGE_ROWS = 50
DAY_MS = 86_400_000
EVERY_STATUS = "all"
OPEN_ONES = "open"

_status: ColumnElement[str] = func.coalesce(suggestion_case.c.status, Status.NEW.value)
_office: ColumnElement[str] = func.coalesce(suggestion_case.c.office, Office.REGION.value)

_Query = Select[*tuple[Any, ...]]

_SAME = and_(
    *(suggestion_case.c[name] == suggestion_text.c[name] for name in Key._fields),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which ones. ``status``: one, "open" or "all". ``age_days``: at least so old; 0 for any."""

    status: str = OPEN_ONES
    office: str = ""
    region_code: str = ""
    slug: str = ""
    age_days: int = 0
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the inbox; ``counts`` by status, with all other filters."""

    rows: list[Row[Any]]
    counts: dict[str, int]
    total: int
    pages: int


def inbox(connection: Connection, seen: ColumnElement[bool], wanted: Filter, now_ms: int) -> Found:
    """A page of suggestions to shops that fit the condition ``seen``."""
    where = [seen, *_conditions(wanted, now_ms)]
    counted = connection.execute(
        _joined(select(_status.label("status"), func.count())).where(*where).group_by(_status)
    )
    counts = {str(row[0]): int(row[1]) for row in counted}
    statuses = _statuses(wanted.status)
    total = sum(counts.get(status, 0) for status in statuses)
    pages = max(1, -(-total // PAGE_ROWS))
    is_open = _status.in_([status.value for status in OPEN])
    received = suggestion_text.c.received_ms
    rows = connection.execute(
        _suggestions()
        .where(*where, _status.in_(statuses))
        .order_by(
            case((is_open, 0), else_=1),
            # The oldest open one waits longest; of the closed ones the newest is asked for.
            case((is_open, received), else_=-received),
            *suggestion_text.primary_key,
        )
        .limit(PAGE_ROWS)
        .offset((min(max(wanted.page, 1), pages) - 1) * PAGE_ROWS)
    )
    return Found(list(rows), counts, total, pages)


def one(connection: Connection, seen: ColumnElement[bool], key: Key) -> Row[Any]:
    """A suggestion.

    Raises:
        ProblemError: ``not_found``, the same for another region's as for none.
    """
    row = connection.execute(_suggestions().where(seen, key.row_of(suggestion_text))).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such suggestion here.")
    return row


def way(connection: Connection, key: Key) -> list[Row[Any]]:
    """What was done to it, in order, and by whom."""
    return list(
        connection.execute(
            select(suggestion_step, account.c.name.label("by"))
            .outerjoin(account, account.c.account_id == suggestion_step.c.account_id)
            .where(key.row_of(suggestion_step))
            .order_by(suggestion_step.c.number)
        )
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """What the journal says of it: its entry, and whether the words fit the hash in there.

    ``fits`` is None once the words are deleted.
    """

    epoch: int
    seq: int
    at_ms: int
    language: str
    fits: bool | None


def origin(connection: Connection, key: Key, salt: bytes, body: str) -> Origin | None:
    """The entry that a suggestion came with; None while it has not arrived."""
    rows = connection.execute(
        select(entry.c.epoch, entry.c.seq, entry.c.at_ms, entry.c.payload)
        .where(
            entry.c.shop_id == key.shop_id,
            entry.c.kiosk_id == key.kiosk_id,
            entry.c.type == "suggestion",
            entry.c.payload.isnot(None),
        )
        .order_by(entry.c.epoch.desc(), entry.c.seq.desc())
    )
    for row in rows:
        said = _suggestion_in(bytes(row.payload))
        if said is not None and said.suggestion_id == key.suggestion_id:
            fits = text_sha256(salt, body) == said.text_sha256 if body else None
            return Origin(row.epoch, row.seq, row.at_ms, said.language, fits)
    return None


def _suggestion_in(payload: bytes) -> Suggestion | None:
    try:
        body = decode(payload).body
    except (AdalError, ValueError):
        return None
    return body if isinstance(body, Suggestion) else None


def _suggestions() -> _Query:
    return _joined(
        select(
            suggestion_text,
            shop.c.slug,
            shop.c.name.label("shop_name"),
            shop.c.region_code,
            region.c.name_kk,
            region.c.name_ru,
            region.c.name_en,
            _status.label("status"),
            _office.label("office"),
            *(
                suggestion_case.c[name]
                for name in (
                    *("reply_kk", "reply_ru", "reply_en", "words_public", "reply_public"),
                    *("closed_ms", "deleted_ms", "changed_ms"),
                )
            ),
        )
    )


def _joined(query: _Query) -> _Query:
    return (
        query.select_from(suggestion_text)
        .join(shop, shop.c.shop_id == suggestion_text.c.shop_id)
        .join(region, region.c.region_code == shop.c.region_code)
        .outerjoin(suggestion_case, _SAME)
    )


def _conditions(wanted: Filter, now_ms: int) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.office:
        found.append(_office == wanted.office)
    if wanted.region_code:
        found.append(shop.c.region_code == wanted.region_code)
    if wanted.slug:
        found.append(shop.c.slug == wanted.slug)
    if wanted.age_days > 0:
        found.append(suggestion_text.c.received_ms <= now_ms - wanted.age_days * DAY_MS)
    return found


def _statuses(status: str) -> list[str]:
    if status == EVERY_STATUS:
        return [one.value for one in Status]
    return [status] if status in list(Status) else [one.value for one in OPEN]
