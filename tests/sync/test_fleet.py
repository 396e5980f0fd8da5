"""The invented fleet fills a real centre, and the sums fit what it sent."""

import argparse
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kiosk.domain.errors import ConfigError
from sync import wire
from sync.centre import Centre, NoAnswer
from sync.cli import fleet as commands
from sync.fleet import running
from sync.server.rollups import rebuild
from sync.server.schema import entry, quarantine, shop, suggestion_text
from sync.server.schema.rollups import visit
from sync.server.store import Store
from tests.sync.harness import RunningServer, sqlite_url


def fleet(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers())
    options = parser.parse_args(["fleet", *words])
    return int(options.run(options))


def count(store: Store, table: object) -> int:
    return store.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_fleet_lives_through_the_real_api(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = sqlite_url(tmp_path)
    assert fleet("--shops", "3", "--days", "5", "--db", url, "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    store = Store(url)
    try:
        assert count(store, shop) == summary["shops"] == 3
        assert count(store, entry) == summary["entries"] > 100
        assert count(store, suggestion_text) == summary["suggestions"]
        assert count(store, quarantine) == 0
        assert count(store, visit) >= 3
        assert (
            store.read(lambda c: c.execute(select(func.count()).where(~entry.c.readable)).scalar())
            == 0
        )
        assert rebuild.check(store) == []
    finally:
        store.close()


def test_a_fleet_sends_to_a_centre_that_runs_already(
    server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--server", server.url, "--db", server.settings.database_url, "--json")
    assert fleet("--shops", "2", "--days", "3", "--seed", "5", *words) == 0
    assert count(server.store, entry) == json.loads(capsys.readouterr().out)["entries"]


def test_a_fleet_waits_for_a_busy_centre_and_sends_nothing_twice(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every answer is lost once after the centre has done its work."""
    heard, push = set(), Centre.push

    def lost_once(centre: Centre, batch: wire.Batch) -> wire.Ack:
        ack = push(centre, batch)
        if ack.head_hash in heard:
            return ack
        heard.add(ack.head_hash)
        raise NoAnswer("The centre is busy.")

    monkeypatch.setattr(running, "PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr(Centre, "push", lost_once)
    words = ("--server", server.url, "--db", server.settings.database_url, "--json")
    assert fleet("--shops", "1", "--days", "2", *words) == 0
    assert count(server.store, entry) == json.loads(capsys.readouterr().out)["entries"]
    assert heard


def test_shops_of_a_fleet_that_broke_off_are_not_mixed_with_new_ones(tmp_path: Path) -> None:
    words = ("--shops", "1", "--days", "1", "--db", sqlite_url(tmp_path), "--json")
    assert fleet(*words) == 0
    with pytest.raises(ConfigError, match="--seed 2"):
        fleet(*words)
    assert fleet(*words, "--seed", "2") == 0


def test_a_fleet_of_nonsense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        fleet("--shops", "0", "--db", sqlite_url(tmp_path))
