"""What the faults brought to light about enrolling."""

import os
from pathlib import Path

import pytest

from sync import enrolment, wire
from tests.faults.centres import held, in_place_of
from tests.faults.kiosks import FolderKiosk
from tests.sync.harness import RunningServer, running, sqlite_url


@pytest.fixture
def kiosk(tmp_path: Path) -> FolderKiosk:
    kiosk = FolderKiosk(tmp_path / "kiosk")
    kiosk.sell(5)
    return kiosk


def centre_at(folder: Path, like: RunningServer | None = None) -> RunningServer:
    """An empty centre; at the address of another one if that is given."""
    folder.mkdir()
    url = sqlite_url(folder)
    server = RunningServer(url) if like is None else in_place_of(like, url)
    server.start()
    server.add_shop()
    return server


def test_a_centre_that_lost_a_kiosk_gets_all_its_entries_back(
    tmp_path: Path, kiosk: FolderKiosk
) -> None:
    first = centre_at(tmp_path / "first")
    kiosk.enrol(first)
    kiosk.send()
    first.stop()
    first.store.close()
    second = centre_at(tmp_path / "second", like=first)
    try:
        kiosk.enrol(second)
        assert kiosk.given is not None
        assert kiosk.given.epoch == 1
        kiosk.sell(2)
        assert kiosk.send()
        assert held(second, kiosk.kiosk_id) == kiosk.entries()
    finally:
        second.stop()
        second.store.close()


def test_a_centre_that_knows_the_kiosk_gives_it_a_new_epoch(
    tmp_path: Path, kiosk: FolderKiosk
) -> None:
    with running(sqlite_url(tmp_path)) as server:
        server.add_shop()
        kiosk.enrol(server)
        kiosk.send()
        kiosk.enrol(server)
        assert kiosk.given is not None
        assert kiosk.given.epoch == 2


def test_the_enrolment_and_its_name_are_both_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    shop = wire.ShopMessage(1, "shop", "Shop")
    given = enrolment.Enrolment("https://centre.example", "0" * 16, 1, "", shop, "t", "", 0)
    enrolment.save(given, tmp_path / "enrolment.json")
    assert flushed == [str(tmp_path / "enrolment.json.new"), str(tmp_path)]
