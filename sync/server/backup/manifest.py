"""What a backup says of itself, and whether a database is what it says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, Table, and_, func, inspect, select, text

from kiosk.domain.chain import Head, StoredEntry, link_faults
from sync.server import migrate
from sync.server.schema import entry, kiosk_epoch, watermark
from sync.server.schema.catalogue import server_key
from sync.server.schema.voices import checkpoint

FORMAT = 1
MANIFEST_FILE = "manifest.json"
DUMP_FILES = {"sqlite": "adal.db.gz", "postgresql": "adal.dump"}
_ROWS_AT_ONCE = 1_000


class JournalEnd(msgspec.Struct, frozen=True):
    """How far one epoch of a kiosk goes; ``head_hash`` in hex."""

    shop_id: int
    kiosk_id: str
    epoch: int
    seq: int
    head_hash: str


class CheckpointEnd(msgspec.Struct, frozen=True):
    """A region's last checkpoint; ``hash`` in hex."""

    region: str
    day: str
    hash: str


class Contents(msgspec.Struct, frozen=True):
    """What a database holds: all of it from one moment."""

    revision: str
    tables: dict[str, int]
    journals: list[JournalEnd]
    checkpoints: list[CheckpointEnd]


class Dump(msgspec.Struct, frozen=True):
    """The database's file in the backup."""

    name: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """A backup's own words; ``database`` is ``sqlite`` or ``postgresql``."""

    format: int
    made_ms: int
    software: str
    database: str
    dump: Dump
    contents: Contents


def contents_of(connection: Connection) -> Contents:
    """What a database holds now."""
    quote = connection.dialect.identifier_preparer.quote
    names = sorted(inspect(connection).get_table_names())
    counts = {
        name: int(connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one())  # noqa: S608  names from the database itself
        for name in names
    }
    return Contents(
        migrate.revision_of(connection) or "",
        counts,
        list(_journals(connection)) if "watermark" in names else [],
        list(_checkpoints(connection)) if "checkpoint" in names else [],
    )


def differences(now: Contents, then: Contents) -> Iterator[str]:
    """What a restored database has otherwise than the manifest says."""
    if now.revision != then.revision:
        yield f"the schema is {now.revision or 'empty'}, not {then.revision}"
    for name in sorted({*now.tables, *then.tables}):
        if now.tables.get(name) != then.tables.get(name):
            yield f"table {name} has {now.tables.get(name)} rows, not {then.tables.get(name)}"
    for one in sorted(
        set(map(_words, now.journals)) ^ set(map(_words, then.journals)),
    ):
        yield f"journal {one} is not the same"
    if now.checkpoints != then.checkpoints:
        yield "the last checkpoints are not the same"


def faults(connection: Connection, *, every_entry: bool) -> Iterator[str]:
    """Whether each journal's last entry is the one that its mark names.

    Args:
        every_entry: also follows each chain from its beginning, hash by hash.
    """
    # Made when it is first needed; with journals here it always was.
    if _is_empty(connection, server_key) and not _is_empty(connection, watermark):
        yield "the centre's own key is missing"
    for journal in _journals(connection):
        if journal.seq and _hash_at(connection, journal) != journal.head_hash:
            yield f"journal {_words(journal)} does not end with the entry that it should"
        if every_entry:
            yield from _broken_links(connection, journal)


def _broken_links(connection: Connection, journal: JournalEnd) -> Iterator[str]:
    """The chain from its beginning, a page at a time."""
    same = and_(
        entry.c.shop_id == journal.shop_id,
        entry.c.kiosk_id == journal.kiosk_id,
        entry.c.epoch == journal.epoch,
    )
    link_hash = connection.execute(
        select(kiosk_epoch.c.link_hash).where(
            kiosk_epoch.c.kiosk_id == journal.kiosk_id, kiosk_epoch.c.epoch == journal.epoch
        )
    ).scalar_one()
    after = Head(journal.epoch, 0, bytes(link_hash))
    prev_hash = after.hash
    while after.seq < journal.seq:
        rows = connection.execute(
            select(entry.c.seq, entry.c.hash, entry.c.payload, entry.c.signature)
            .where(same, entry.c.seq > after.seq)
            .order_by(entry.c.seq)
            .limit(_ROWS_AT_ONCE)
        ).all()
        if not rows:
            yield f"journal {_words(journal)} has no entry after {after.seq}"
            return
        page = []
        for row in rows:
            # The hash before is not kept with an entry: the chain itself is what is checked.
            digest = bytes(row.hash)
            page.append(
                StoredEntry(
                    journal.kiosk_id,
                    journal.epoch,
                    row.seq,
                    prev_hash,
                    digest,
                    bytes(row.payload),
                    bytes(row.signature),
                )
            )
            prev_hash = digest
        for fault in link_faults(page, after):
            yield f"journal {_words(journal)}: entry {fault.seq} {fault.what}"
        after = page[-1].head


def _is_empty(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table).limit(1)).first() is None


def _journals(connection: Connection) -> Iterator[JournalEnd]:
    marks = watermark.c
    for row in connection.execute(
        select(watermark).order_by(marks.shop_id, marks.kiosk_id, marks.epoch)
    ):
        yield JournalEnd(row.shop_id, row.kiosk_id, row.epoch, row.seq, bytes(row.head_hash).hex())


def _checkpoints(connection: Connection) -> Iterator[CheckpointEnd]:
    last = (
        select(checkpoint.c.region_code, func.max(checkpoint.c.day).label("day"))
        .group_by(checkpoint.c.region_code)
        .subquery()
    )
    rows = connection.execute(
        select(checkpoint.c.region_code, checkpoint.c.day, checkpoint.c.hash)
        .join(
            last,
            and_(last.c.region_code == checkpoint.c.region_code, last.c.day == checkpoint.c.day),
        )
        .order_by(checkpoint.c.region_code)
    )
    for row in rows:
        yield CheckpointEnd(row.region_code, row.day.isoformat(), bytes(row.hash).hex())


def _hash_at(connection: Connection, journal: JournalEnd) -> str | None:
    found = connection.execute(
        select(entry.c.hash).where(
            entry.c.shop_id == journal.shop_id,
            entry.c.kiosk_id == journal.kiosk_id,
            entry.c.epoch == journal.epoch,
            entry.c.seq == journal.seq,
        )
    ).scalar_one_or_none()
    return None if found is None else bytes(found).hex()


def _words(journal: JournalEnd) -> str:
    return f"{journal.kiosk_id}/{journal.epoch} up to {journal.seq} ({journal.head_hash[:12]})"
