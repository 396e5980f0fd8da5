"""What the faults brought to light about enrolling."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace
from sqlalchemy import select

from kiosk.journal.verify import verify
from sync import enrolment, proof, wire
from sync.centre import Centre, CentreRefusedError
from sync.server.schema import kiosk_epoch
from tests.faults.centres import database_file, held, in_place_of
from tests.faults.kiosks import FolderKiosk
from tests.sync.harness import MemoryJournal, RunningServer, running, sqlite_url
from tests.sync.test_upload import push


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


def fallen_back(server: RunningServer, folder: Path) -> RunningServer:
    """The centre as its database is now, at its own address, to be started later."""
    server.stop()
    folder.mkdir()
    with (
        closing(sqlite3.connect(database_file(server))) as source,
        closing(sqlite3.connect(folder / "adal.db")) as target,
    ):
        source.backup(target)
    backup = in_place_of(server, f"sqlite:///{folder / 'adal.db'}")
    server.start()
    return backup


def test_an_epoch_issued_after_the_backup_comes_back_with_all_its_entries(
    tmp_path: Path, kiosk: FolderKiosk
) -> None:
    first = centre_at(tmp_path / "first")
    kiosk.enrol(first)
    kiosk.send()
    backup = fallen_back(first, tmp_path / "backup")
    for _ in range(2):  # twice a new card, or a copied one
        kiosk.sell(3)
        kiosk.enrol(first)
        kiosk.sell(4)
        kiosk.send()
    first.stop()
    first.store.close()
    backup.start()
    try:
        kiosk.enrol(backup)
        assert kiosk.given is not None
        assert kiosk.given.epoch == 4
        kiosk.sell(2)
        assert kiosk.send()
        assert held(backup, kiosk.kiosk_id) == kiosk.entries()
        assert {row[0] for row in kiosk.entries()} == {1, 2, 3, 4}
        assert verify(kiosk.directory).ok
    finally:
        backup.stop()
        backup.store.close()


def test_a_kiosk_with_several_epochs_comes_to_a_centre_that_never_heard_of_it(
    tmp_path: Path, kiosk: FolderKiosk
) -> None:
    first = centre_at(tmp_path / "first")
    kiosk.enrol(first)
    kiosk.enrol(first)
    kiosk.sell(2)
    first.stop()
    first.store.close()
    second = centre_at(tmp_path / "second", like=first)
    try:
        kiosk.enrol(second)
        assert kiosk.send()
        assert held(second, kiosk.kiosk_id) == kiosk.entries()
    finally:
        second.stop()
        second.store.close()


def test_a_key_that_is_gone_costs_its_epoch_and_not_the_way_back(
    tmp_path: Path, kiosk: FolderKiosk
) -> None:
    first = centre_at(tmp_path / "first")
    kiosk.enrol(first)
    kiosk.enrol(first)
    kiosk.sell(2)
    kiosk.enrol(first)
    kiosk.sell(1)
    first.stop()
    first.store.close()
    (kiosk.directory / "kiosk-2.key").unlink()
    second = centre_at(tmp_path / "second", like=first)
    try:
        kiosk.enrol(second)
        assert kiosk.send()
        there = held(second, kiosk.kiosk_id)
        assert there == [row for row in kiosk.entries() if row[0] != 2]
    finally:
        second.stop()
        second.store.close()


def test_nobody_brings_an_epoch_whose_key_he_does_not_hold(tmp_path: Path) -> None:
    journal, stranger = MemoryJournal(), Ed25519PrivateKey.generate()
    who = journal.identity
    claims = (
        ("the wrong key", proof.EarlierEpoch(1, stranger, bytes(32))),
        ("an epoch that comes later", proof.EarlierEpoch(9, stranger, bytes(32))),
    )
    with running(sqlite_url(tmp_path)) as server, Centre(server.url) as centre:
        server.add_shop()
        for what, claim in claims:
            request = proof.make_enrol_request(
                server.code(), who.kiosk_id, 1, who.key, "adal test", [claim]
            )
            with pytest.raises(CentreRefusedError) as refused:
                centre.enrol(request)
            assert refused.value.code == "bad_message", what
        # A proof is good for one code, one kiosk and one link alone.
        good = proof.make_enrol_request(
            server.code(), who.kiosk_id, 5, who.key, "adal test", [claims[0][1]]
        )
        [said] = good.earlier
        for other in (replace(said, epoch=2), replace(said, link_hash="11" * 32)):
            with pytest.raises(CentreRefusedError):
                centre.enrol(replace(good, earlier=(other,)))


def test_a_claim_changes_nothing_that_is_known(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.add_sales(3)
    thief = Ed25519PrivateKey.generate()
    with running(sqlite_url(tmp_path)) as server, Centre(server.url) as centre:
        server.add_shop()
        push(journal, server.enrol(journal))
        second = server.enrol(journal, key=Ed25519PrivateKey.generate())
        assert second.epoch == 2
        claim = proof.EarlierEpoch(2, thief, bytes(32))
        request = proof.make_enrol_request(
            server.code(), journal.identity.kiosk_id, 2, thief, "adal test", [claim]
        )
        assert centre.enrol(request).epoch == 3
        query = select(kiosk_epoch.c.public_key).where(kiosk_epoch.c.epoch == 2)
        key = server.store.read(lambda c: c.execute(query).scalar_one())
        assert bytes(key) != thief.public_key().public_bytes_raw()


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
