"""What the database says when it is asked: a few queries over small tables, no journal."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Row, and_, case, func, select, text

from sync.server import access, migrate
from sync.server.alarms.kinds import Kind
from sync.server.schema import alarms, kiosk_epoch, quarantine, shop, watermark
from sync.server.schema.voices import checkpoint
from sync.server.store import Store
from sync.server.version import VERSION

SILENT_AFTER_MS = 24 * 3_600_000
"""For the plain figure; the alarm of the same name knows each shop's hours."""
_REGION = ("region",)

Values = dict[tuple[str, ...], float]
"""A series' labels → its value."""


class State(Collector):
    """Gauges read at each scrape."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    def collect(self) -> Iterable[Metric]:
        """All of them, from one consistent view."""
        now_ms = self._now_ms()
        return self._store.read(lambda connection: list(_all(connection, now_ms)))


def _all(connection: Connection, now_ms: int) -> Iterator[Metric]:
    regions = list(
        connection.execute(select(shop.c.region_code, func.count()).group_by(shop.c.region_code))
    )
    codes = sorted(str(row[0]) for row in regions)
    yield _gauge("adal_shops", "Shops.", _REGION, {(str(code),): n for code, n in regions})
    yield from _kiosks(connection, codes, now_ms)
    yield _quarantined(connection)
    yield from _alarms(connection, codes, now_ms)
    yield from _unsent(connection, now_ms)
    yield _checkpoints(connection, now_ms)
    yield _gauge("adal_database_size_bytes", "The database on disk.", (), {(): _size(connection)})
    labels = (VERSION, platform.python_version(), connection.dialect.name)
    revision = migrate.revision_of(connection) or ""
    yield _gauge(
        "adal_build_info",
        "What runs here; always 1.",
        ("version", "python", "database", "revision"),
        {(*labels, revision): 1},
    )


def _kiosks(connection: Connection, codes: list[str], now_ms: int) -> Iterator[Metric]:
    approved = kiosk_epoch.c.status == access.APPROVED
    waiting = case(
        (
            watermark.c.kiosk_head_seq > watermark.c.seq,
            watermark.c.kiosk_head_seq - watermark.c.seq,
        ),
        else_=0,
    )
    silent = func.coalesce(watermark.c.last_seen_ms, 0) < now_ms - SILENT_AFTER_MS
    rows = connection.execute(
        select(
            shop.c.region_code,
            kiosk_epoch.c.status,
            func.count().label("kiosks"),
            func.sum(case((and_(approved, silent), 1), else_=0)).label("silent"),
            func.sum(case((approved, waiting), else_=0)).label("backlog"),
            func.sum(watermark.c.seq).label("held"),
            func.sum(case((watermark.c.forked, 1), else_=0)).label("forks"),
        )
        .join(
            watermark,
            and_(
                watermark.c.shop_id == kiosk_epoch.c.shop_id,
                watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id,
                watermark.c.epoch == kiosk_epoch.c.epoch,
            ),
        )
        .join(shop, shop.c.shop_id == kiosk_epoch.c.shop_id)
        .group_by(shop.c.region_code, kiosk_epoch.c.status)
    ).all()
    yield _gauge(
        "adal_kiosk_epochs",
        "Kiosks' epochs; a kiosk in use has one that is approved.",
        ("region", "status"),
        {(row.region_code, row.status): row.kiosks for row in rows},
    )
    for column, name, what in (
        ("silent", "adal_kiosks_silent", "Approved kiosks not heard of for 24 hours."),
        ("backlog", "adal_backlog_entries", "Entries that approved kiosks said still wait there."),
        ("held", "adal_entries_held", "Entries of journals that are here."),
        ("forks", "adal_forked_epochs", "Epochs of which two branches came."),
    ):
        yield _gauge(name, what, _REGION, _by_region(rows, codes, column))


def _by_region(rows: Iterable[Row[tuple[object, ...]]], codes: list[str], column: str) -> Values:
    sums: Values = {(code,): 0 for code in codes}
    for row in rows:
        sums[(row.region_code,)] += int(row._mapping[column])
    return sums


def _quarantined(connection: Connection) -> Metric:
    rows = connection.execute(
        select(shop.c.region_code, quarantine.c.reason, func.count())
        .join(shop, shop.c.shop_id == quarantine.c.shop_id)
        .group_by(shop.c.region_code, quarantine.c.reason)
    )
    return _gauge(
        "adal_quarantined_entries",
        "Entries kept aside: fork, hash, signature, revoked.",
        ("region", "reason"),
        {(row[0], row[1]): row[2] for row in rows},
    )


def _alarms(connection: Connection, codes: list[str], now_ms: int) -> Iterator[Metric]:
    table = alarms.alarm
    found: Values = {(kind.value, code): 0 for kind in Kind for code in codes}
    for code, kind, count in connection.execute(
        select(shop.c.region_code, table.c.kind, func.count())
        .join(shop, shop.c.shop_id == table.c.shop_id)
        .where(table.c.closed_ms.is_(None))
        .group_by(shop.c.region_code, table.c.kind)
    ):
        found[(kind, code)] = count
    yield _gauge("adal_alarms_open", "Alarms that are open.", ("kind", "region"), found)
    finished_ms = connection.execute(select(func.max(alarms.alarm_run.c.finished_ms))).scalar()
    yield _gauge(
        "adal_alarm_round_age_seconds",
        "Since all shops were last looked at for alarms.",
        (),
        {} if finished_ms is None else {(): _age_s(now_ms, finished_ms)},
    )


def _unsent(connection: Connection, now_ms: int) -> Iterator[Metric]:
    outbox, channel = alarms.alarm_outbox, alarms.alarm_channel
    counts: Values = {("mail",): 0, ("webhook",): 0}
    ages: Values = dict(counts)
    for kind, count, oldest_ms in connection.execute(
        select(channel.c.kind, func.count(), func.min(outbox.c.at_ms))
        .join(channel, channel.c.channel_id == outbox.c.channel_id)
        .group_by(channel.c.kind)
    ):
        counts[(kind,)], ages[(kind,)] = count, _age_s(now_ms, oldest_ms)
    yield _gauge("adal_unsent_messages", "Messages that wait to go out.", ("kind",), counts)
    yield _gauge("adal_unsent_oldest_seconds", "How long the oldest waits.", ("kind",), ages)


def _checkpoints(connection: Connection, now_ms: int) -> Metric:
    rows = connection.execute(
        select(checkpoint.c.region_code, func.max(checkpoint.c.made_ms)).group_by(
            checkpoint.c.region_code
        )
    )
    return _gauge(
        "adal_checkpoint_age_seconds",
        "Since a region's last signed checkpoint.",
        _REGION,
        {(row[0],): _age_s(now_ms, row[1]) for row in rows},
    )


def _size(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(
            connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        )
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def _age_s(now_ms: int, at_ms: int) -> float:
    return max(0, now_ms - at_ms) / 1000


def _gauge(name: str, what: str, labels: tuple[str, ...], values: Values) -> Metric:
    gauge = GaugeMetricFamily(name, what, labels=labels)
    for key in sorted(values):
        gauge.add_metric(key, values[key])
    return gauge
