"""The suggestions that somebody sees: open ones first, the oldest of them on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from kiosk.domain.entries import Suggestion, decode
from kiosk.domain.errors import AdalError
from sync.server.accounts.roles import of_shops
from sync.server.leaves import leaf_of
from sync.server.problems import ProblemError
from sync.server.schema import account, entry, region, shop, suggestion_text
from sync.server.schema.voices import suggestion_case, suggestion_step
from sync.server.suggestions import text_sha256
from sync.server.voices.counting import SAME, counts_of_shops, counts_where, office_now, status_now
from sync.server.voices.words import CLOSED, OPEN, Key, Status

PAGE_ROWS = 50
DAY_MS = 86_400_000
EVERY_STATUS = "all"
OPEN_ONES = "open"

_Query = Select[*tuple[Any, ...]]


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
    shops = _shops(seen, wanted)
    where = [of_shops(suggestion_text.c.shop_id, shops), *_conditions(wanted, now_ms)]
    if len(where) == 1:
        counts = counts_of_shops(connection, shops)
    else:
        counts = counts_where(connection, where)
    statuses = _statuses(wanted.status)
    total = sum(counts.get(status, 0) for status in statuses)
    leaf = leaf_of(wanted.page, total, PAGE_ROWS)
    skipped = leaf.skipped
    rows: list[Row[Any]] = []
    for some in (OPEN, CLOSED):
        chosen = [status.value for status in some if status in statuses]
        count = sum(counts.get(status, 0) for status in chosen)
        if skipped < count and len(rows) < PAGE_ROWS:
            part = _some(where, chosen, skipped, PAGE_ROWS - len(rows))
            rows += connection.execute(part).all()
        skipped = max(0, skipped - count)
    return Found(rows, counts, total, leaf.leaves)


def _some(
    where: Sequence[ColumnElement[bool]], statuses: Sequence[str], skipped: int, limit: int
) -> _Query:
    """Open ones with the oldest first, which waits longest; of closed ones the newest is asked for.

    Found by their keys alone, by the index of when they came; the words are read of those shown.
    """
    received = suggestion_text.c.received_ms
    is_new = [suggestion_case.c.status.is_(None)] if Status.NEW in statuses else []
    order = received.asc() if set(statuses) <= set(OPEN) else received.desc()
    keys = (
        select(*suggestion_text.primary_key)
        .join_from(suggestion_text, suggestion_case, SAME, isouter=bool(is_new))
        .where(*where, or_(suggestion_case.c.status.in_(statuses), *is_new))
        .order_by(order, *suggestion_text.primary_key)
        .limit(limit)
        .offset(skipped)
        .subquery("some")
    )
    same = and_(*(keys.c[name] == suggestion_text.c[name] for name in Key._fields))
    return _suggestions().join(keys, same).order_by(order, *suggestion_text.primary_key)


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
            status_now.label("status"),
            office_now.label("office"),
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
        .outerjoin(suggestion_case, SAME)
    )


def _shops(seen: ColumnElement[bool], wanted: Filter) -> ColumnElement[bool]:
    """The condition on ``shop``."""
    if wanted.region_code:
        seen = and_(seen, shop.c.region_code == wanted.region_code)
    return and_(seen, shop.c.slug == wanted.slug) if wanted.slug else seen


def _conditions(wanted: Filter, now_ms: int) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.office:
        found.append(office_now == wanted.office)
    if wanted.age_days > 0:
        found.append(suggestion_text.c.received_ms <= now_ms - wanted.age_days * DAY_MS)
    return found


def _statuses(status: str) -> list[str]:
    if status == EVERY_STATUS:
        return [one.value for one in Status]
    return [status] if status in list(Status) else [one.value for one in OPEN]
