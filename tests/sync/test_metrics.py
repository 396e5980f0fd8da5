"""What Prometheus may ask, and who may ask it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, event, insert, update

from sync import wire
from sync.centre import Centre, CentreRefusedError
from sync.server.alarms.kinds import Kind
from sync.server.metrics.state import State
from sync.server.schema import alarms, kiosk, kiosk_epoch, shop, watermark
from tests.sync.harness import MemoryJournal, RunningServer, new_identity, sale
from tests.sync.test_importing import bring, written
from tests.sync.test_upload import push

DAY_MS = 24 * 3_600_000
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(server: RunningServer, **more: object) -> Series:
    answer = httpx.get(f"{server.url}/metrics", **more)
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(series: Series, name: str, **labels: str) -> float | None:
    return series.get((name, frozenset(labels.items())))


def test_the_state_of_kiosks_is_told_by_region(server: RunningServer, tmp_path: Path) -> None:
    journal = MemoryJournal()
    push(journal, server.enrol(journal))
    journal.add_sales(20)
    bring(server, written(journal, tmp_path / "journal.jsonl"))
    server.store.write(lambda c: c.execute(update(watermark).values(kiosk_head_seq=27)))
    now = scraped(server)
    assert value(now, "adal_shops", region="47") == 1
    assert value(now, "adal_kiosk_epochs", region="47", status="approved") == 1
    assert value(now, "adal_entries_held", region="47") == 20
    assert value(now, "adal_backlog_entries", region="47") == 7
    assert value(now, "adal_kiosks_silent", region="47") == 0
    assert value(now, "adal_forked_epochs", region="47") == 0
    assert (value(now, "adal_database_size_bytes") or 0) > 100_000
    server.store.write(lambda c: c.execute(update(watermark).values(last_seen_ms=0, forked=True)))
    now = scraped(server)
    assert value(now, "adal_kiosks_silent", region="47") == 1
    assert value(now, "adal_forked_epochs", region="47") == 1
    build = [dict(labels) for name, labels in now if name == "adal_build_info"]
    assert build[0]["database"] in ("sqlite", "postgresql")


def test_what_was_kept_aside_and_open_alarms_and_unsent_mail_are_told(
    server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    push(journal, server.enrol(journal))
    journal.add(sale(1))
    twin = MemoryJournal(journal.identity)
    twin.add(sale(2))
    bring(server, written(journal, tmp_path / "journal.jsonl"))
    bring(server, written(twin, tmp_path / "twin.jsonl"))
    now_ms = server.settings.now_ms()
    server.store.write(lambda c: _alarm_with_unsent_mail(c, now_ms))
    now = scraped(server)
    assert value(now, "adal_quarantined_entries", region="47", reason="fork") == 1
    assert value(now, "adal_alarms_open", kind="fork", region="47") == 1
    assert value(now, "adal_alarms_open", kind="silent", region="47") == 0
    assert value(now, "adal_unsent_messages", kind="mail") == 1
    assert value(now, "adal_unsent_messages", kind="webhook") == 0
    assert 600 <= (value(now, "adal_unsent_oldest_seconds", kind="mail") or 0) < 700


def _alarm_with_unsent_mail(connection: Connection, now_ms: int) -> None:
    times = {"since_ms": now_ms, "opened_ms": now_ms, "last_ms": now_ms}
    connection.execute(
        insert(alarms.alarm).values(
            shop_id=1,
            kind=Kind.FORK.value,
            key="",
            severity=3,
            level=1,
            detail="{}",
            ack_note="",
            **times,
        )
    )
    connection.execute(
        insert(alarms.alarm_channel).values(
            channel_id="c1",
            account_id=1,
            kind="mail",
            target="a@example.kz",
            alarm_kinds="",
            severity_min=1,
            language="kk",
            secret="",
            created_ms=0,
            next_ms=0,
            failures=0,
            trouble="",
        )
    )
    connection.execute(
        insert(alarms.alarm_outbox).values(
            channel_id="c1",
            message_id="m1",
            at_ms=now_ms - 600_000,
            shop_id=1,
            alarm_kind="fork",
            key="",
            what="opened",
            body="{}",
        )
    )


def test_requests_are_counted_by_route_and_never_by_what_strangers_ask_for(
    sqlite_server: RunningServer,
) -> None:
    for path in ("/shops/aktau-tsc", "/login", "/login", "/wp-admin.php", "/secret-7", "/static/x"):
        httpx.get(f"{sqlite_server.url}{path}")
    httpx.request("BREW", f"{sqlite_server.url}/pot")
    now = scraped(sqlite_server)
    name = "adal_http_request_seconds_count"
    assert value(now, name, method="GET", route="/login", status="2xx") == 2
    assert value(now, name, method="GET", route="/shops/{slug}", status="3xx") == 1
    assert value(now, name, method="GET", route="other", status="4xx") == 2
    assert value(now, name, method="GET", route="/static", status="4xx") == 1
    assert value(now, name, method="other", route="other", status="4xx") == 1


def test_batches_are_counted_as_new_known_or_refused(sqlite_server: RunningServer) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    journal.add_sales(3)
    push(journal, enrolled)
    with Centre(sqlite_server.url, enrolled.token) as centre:
        centre.push(wire.make_batch(journal.entries, 3))
    httpx.post(f"{sqlite_server.url}{wire.API}/journal", content=b"{}")
    forged = MemoryJournal(replace(journal.identity, key=new_identity().key))
    forged.add(sale(7, 900))
    with Centre(sqlite_server.url, enrolled.token) as centre, pytest.raises(CentreRefusedError):
        centre.push(wire.make_batch(forged.entries, 1))
    now = scraped(sqlite_server)
    for outcome, batches, entries in (("new", 1, 3), ("known", 1, 0), ("refused", 2, 0)):
        assert value(now, "adal_ingest_batches_total", outcome=outcome) == batches
        assert value(now, "adal_ingest_entries_total", outcome=outcome) == entries
    assert value(now, "adal_ingest_seconds_count") == 4
    name = "adal_http_request_seconds_count"
    assert value(now, name, method="POST", route="/api/v1/journal", status="2xx") == 2


def test_nobody_from_elsewhere_reads_them_without_the_token(sqlite_server: RunningServer) -> None:
    url = f"{sqlite_server.url}/metrics"
    token = "a-long-token-of-prometheus"
    sqlite_server._server.config.app.state.settings = replace(
        sqlite_server.settings, metrics_token=token
    )
    passed_on = {"X-Forwarded-For": "203.0.113.9"}
    for headers in (
        passed_on,
        {"Forwarded": "for=203.0.113.9"},
        {"Host": "centre.example.kz"},
        passed_on | {"Authorization": "Bearer wrong"},
        passed_on | {"Authorization": "Basic eA=="},
        passed_on | {"Authorization": "Bearer"},
    ):
        assert httpx.get(url, headers=headers).status_code == 404, headers
    assert httpx.get(url).status_code == 200
    allowed = passed_on | {"Authorization": f"Bearer {token}"}
    assert httpx.get(url, headers=allowed).status_code == 200


def test_no_shop_kiosk_or_person_is_named(sqlite_server: RunningServer, tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.add_sales(2)
    sqlite_server.enrol(journal)
    bring(sqlite_server, written(journal, tmp_path / "journal.jsonl"))
    httpx.get(f"{sqlite_server.url}/public/shops/aktau-tsc")
    text = httpx.get(f"{sqlite_server.url}/metrics").text
    for secret in ("aktau", "Ақтау", journal.identity.kiosk_id):
        assert secret not in text


def test_a_scrape_asks_no_more_of_a_thousand_shops_than_of_one(server: RunningServer) -> None:
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(server.store._reader, "before_cursor_execute", note)
    state = State(server.store, server.settings.now_ms)
    list(state.collect())
    few = len(asked)
    server.store.write(_a_thousand_shops)
    asked.clear()
    families = list(state.collect())
    assert len(asked) == few
    assert few < 15
    held = next(family for family in families if family.name == "adal_entries_held")
    assert sum(sample.value for sample in held.samples) == 1_000_000


def _a_thousand_shops(connection: Connection) -> None:
    numbers = range(1000, 2000)
    regions = ("11", "15", "47", "75")
    rows = [
        {"shop_id": n, "slug": f"s{n}", "name": "x", "cause": "", "created_ms": 0}
        | {"region_code": regions[n % 4]}
        for n in numbers
    ]
    connection.execute(insert(shop), rows)
    names = [{"kiosk_id": f"{n:016x}", "shop_id": n} for n in numbers]
    connection.execute(insert(kiosk), [x | {"software": "", "created_ms": 0} for x in names])
    epoch = {"epoch": 1, "public_key": b"k", "link_hash": b"l", "status": "approved"}
    epoch |= {"token_hash": b"t", "enrolled_ms": 0}
    connection.execute(insert(kiosk_epoch), [x | epoch for x in names])
    mark = {"epoch": 1, "seq": 1000, "head_hash": b"h", "kiosk_head_seq": 1005}
    mark |= {"last_seen_ms": 1, "forked": False}
    connection.execute(insert(watermark), [x | mark for x in names])


COUNT = """
from sync.server.metrics.counting import Counts
counts = Counts()
counts.batch(("new", 200), True, 0.1)
"""
COLLECT = """
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from sync.server.metrics.counting import Counts
registry = CollectorRegistry()
registry.register(Counts())
print(generate_latest(registry).decode())
"""


def test_several_processes_give_one_sum(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=environment, check=True, timeout=60)
    said = subprocess.run(
        [sys.executable, "-c", COLLECT],
        env=environment,
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    ).stdout
    assert 'adal_ingest_entries_total{outcome="new"} 400.0' in said
    assert "adal_ingest_seconds_count 2.0" in said


@pytest.mark.parametrize("name", ["adal_unsent_oldest_seconds", "adal_checkpoint_age_seconds"])
def test_ages_never_go_below_zero_when_a_clock_is_wrong(
    sqlite_server: RunningServer, name: str
) -> None:
    now_ms = sqlite_server.settings.now_ms()
    sqlite_server.store.write(lambda c: _alarm_with_unsent_mail(c, now_ms + DAY_MS))
    families = State(sqlite_server.store, lambda: now_ms).collect()
    [family] = [one for one in families if one.name == name]
    assert all(sample.value >= 0 for sample in family.samples)
