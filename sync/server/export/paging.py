"""Rows for programs, page by page: ``cursor`` says where to go on.

A cursor is the last entry that was looked at, so a page that is asked for again is the same, and
a program that remembers how far it holds each chain gets only what is new (``adal-sync pull``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import msgspec
from sqlalchemy import Connection

from kiosk.domain.ledger import KAZAKHSTAN
from sync import tables
from sync.server.accounts.roles import Scope
from sync.server.export import stream
from sync.server.export.formats import json_rows
from sync.server.export.true_days import Page
from sync.server.export.walk import (
    Chain,
    Wanted,
    begun,
    chains,
    entries,
    hash_before,
    unbroken,
)
from sync.server.problems import ProblemError

PAGE_ROWS_DEFAULT = 500
PAGE_ROWS_MAX = 2000
_CURSOR = re.compile("([0-9]{1,9})[.]([0-9a-f]{16})[.]([0-9]{1,9})[.]([0-9]{1,15})", re.ASCII)
_KIOSK_ID = re.compile("[0-9a-f]{16}")
_SEQ_MAX = 2**53


class ExportPage(msgspec.Struct, frozen=True):
    """Rows of a table, and where to go on: ``cursor`` is None after the last page.

    ``total``: how many entries the journals of that part have, of all types; with the first page
    only. The columns are those of the files, explained on ``/exports``: ``time`` is the stamp that
    the kiosk signed, ``true_time`` the same, corrected where the kiosk heard the right time later.
    """

    rows: list[dict[str, Any]]
    cursor: str | None
    total: int | None


class ChainMessage(msgspec.Struct, frozen=True):
    """How far the centre holds one epoch of one kiosk."""

    shop: str
    kiosk_id: str
    epoch: int
    seq: int


class ExportChains(msgspec.Struct, frozen=True):
    """All chains of a part of the shops."""

    chains: list[ChainMessage]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asked for, as it came."""

    region: str | None = None
    shop: str | None = None
    kiosk_id: str | None = None
    epoch: int | None = None
    since_day: str | None = None
    until_day: str | None = None
    since_seq: int | None = None
    cursor: str | None = None
    limit: int = PAGE_ROWS_DEFAULT


def wanted_of(asked: Asked, scope: Scope) -> Wanted:
    """Which part of the journals that is.

    Raises:
        ProblemError: ``bad_message`` for what can be no day, kiosk or number.
    """
    if asked.kiosk_id is not None and not _KIOSK_ID.fullmatch(asked.kiosk_id):
        raise ProblemError("bad_message", "A kiosk's id has 16 digits of 0-9 and a-f.")
    if asked.epoch is not None and not 1 <= asked.epoch < 2**31:
        raise ProblemError("bad_message", "Epochs count from 1.")
    for text in (asked.region, asked.shop):
        if text is not None and ("\x00" in text or len(text) > 64):
            raise ProblemError("bad_message", "That can be no region and no shop.")
    until = day_of_text(asked.until_day)
    return Wanted(
        scope,
        asked.region or None,
        asked.shop or None,
        asked.kiosk_id,
        asked.epoch,
        max(0, min(asked.since_seq or 0, _SEQ_MAX)),
        day_start_ms(day_of_text(asked.since_day)),
        day_start_ms(until, after=True),
    )


def day_of_text(text: str | None) -> date | None:
    """``2026-11-30`` as a day; None for nothing.

    Raises:
        ProblemError: ``bad_message``.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ProblemError("bad_message", f"{text[:40]!r} is no day; write 2026-11-30.") from error


def day_start_ms(day: date | None, *, after: bool = False) -> int | None:
    """When a day begins in Kazakhstan, or (``after``) when it is over; milliseconds UTC."""
    if day is None:
        return None
    start = datetime.combine(day, time(), KAZAKHSTAN)
    return int(start.timestamp() * 1000) + (86_400_000 if after else 0)


def page(connection: Connection, table: tables.Table, asked: Asked, wanted: Wanted) -> ExportPage:
    """One page, of at most ``limit`` entries; an entry of many lines makes as many rows.

    Raises:
        ProblemError: ``bad_message`` for a cursor that is none, ``not_found`` for a shop.
    """
    after = _position(asked.cursor)
    room = max(1, min(asked.limit, PAGE_ROWS_MAX))
    types, rows_of = stream.OF_ENTRIES[table.name]
    listed = chains(connection, wanted)
    rows: list[tables.Row] = []
    cursor = None
    for one in listed:
        place = (one.shop_id, one.kiosk_id, one.epoch)
        if after is not None and place < after[:3]:
            continue
        chain = begun(connection, one)
        after_seq = after[3] if after is not None and place == after[:3] else 0
        run = (chain, wanted) if types is not None else unbroken(connection, chain, wanted)
        found = entries(connection, *run, types, after_seq=after_seq, limit=room)
        rows += rows_of(chain, found) if rows_of else _journal_rows(connection, chain, found)
        room -= len(found.entries)
        if room == 0:
            cursor = ".".join(map(str, (*place, found.entries[-1].seq)))
            break
    total = None if asked.cursor else sum(chain.seq for chain in listed)
    return ExportPage(json_rows(table, rows), cursor, total)


def shops_page(connection: Connection, wanted: Wanted) -> ExportPage:
    """All shops of a part; they fit on one page."""
    rows = stream.shop_rows(connection, wanted)
    return ExportPage(json_rows(tables.SHOPS, rows), None, len(rows))


def chains_of(connection: Connection, wanted: Wanted) -> ExportChains:
    """How far the centre holds each chain of a part."""
    listed = chains(connection, wanted)
    return ExportChains([ChainMessage(x.slug, x.kiosk_id, x.epoch, x.seq) for x in listed])


def _journal_rows(connection: Connection, chain: Chain, found: Page) -> list[tables.Row]:
    return stream.journal_page(
        chain, found, (0, chain.link_hash), lambda seq: hash_before(connection, chain, seq)
    )


def _position(cursor: str | None) -> tuple[int, str, int, int] | None:
    if not cursor:
        return None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise ProblemError("bad_message", f"{cursor[:80]!r} is no cursor of ours.")
    return int(match[1]), match[2], int(match[3]), int(match[4])
