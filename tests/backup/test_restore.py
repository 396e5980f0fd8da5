import itertools
import shutil
from pathlib import Path

import msgspec
import pytest

from kiosk import keys
from kiosk.backup import STAGE_FOLDER, renewal
from kiosk.backup.make import make_backup
from kiosk.backup.manifest import BackupError
from kiosk.backup.restore import (
    RESULT_FILE,
    call_off,
    carry_out_request,
    last_result,
    stage,
    waiting,
)
from kiosk.backup.standing import Standing
from kiosk.catalogue import FILE_NAME, SUMS_NAME, CatalogueStore
from kiosk.domain.entries import AdminOpened, Boot
from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.verify import verify
from sync import enrolment, wire
from sync.client import State, Uploader, UploaderSettings
from sync.server.schema import quarantine, watermark
from tests.journal.support import NOON_MS, sale
from tests.sync.harness import running, sqlite_url, wait_until

SOFTWARE = "adal test"


@pytest.fixture
def backup(kiosk, stick):
    return make_backup(kiosk, stick, now_ms=NOON_MS, software=SOFTWARE)


def write(directory: Path, *bodies) -> str:
    journal = Journal.open(directory)
    for body in bodies:
        journal.append(body).result(10)
    journal.close()
    return journal.identity.kiosk_id


def restore(directory: Path, backup, **options):
    found = stage(directory, backup.folder, now_ms=NOON_MS, **options)
    return found, carry_out_request(directory)


def everything(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != keys.LOCK_FILE
    }


# --- standings --------------------------------------------------------------------------------


def test_on_an_empty_disk_everything_is_back_but_the_right_to_write(backup, tmp_path):
    fresh = tmp_path / "new disk"
    found, result = restore(fresh, backup)
    assert (found, result.done, result.must_enrol) == (Standing.NONE, True, True)
    report = verify(fresh)
    assert (report.ok, report.entry_count) == (True, backup.entries)
    assert (fresh / "pictures/samsa.png").read_bytes() == b"a picture" * 1000
    assert not list(fresh.glob("*.key"))
    with pytest.raises(JournalError, match="enrol this kiosk again"):
        Journal.open(fresh)
    assert renewal.waiting(fresh) == renewal.Renewal(backup.kiosk_id, 1)


def test_a_new_machine_that_has_only_been_started_gives_way(backup, tmp_path):
    fresh = tmp_path / "new disk"
    write(fresh, Boot("adal"), AdminOpened("asel"))
    (fresh / "volunteers.json").write_text("who may come in")
    before = everything(fresh)
    found, result = restore(fresh, backup)
    assert (found, result.must_enrol) == (Standing.FRESH, True)
    assert verify(fresh).kiosk_id == backup.kiosk_id
    assert (fresh / "volunteers.json").read_text() == "who may come in"
    aside = next(fresh.glob("before-*"))
    assert {**everything(aside), "volunteers.json": before["volunteers.json"]} == before


def test_another_kiosk_with_a_history_does_not_give_way(backup, tmp_path):
    other = tmp_path / "other"
    write(other, sale())
    before = everything(other)
    with pytest.raises(BackupError, match="another kiosk"):
        stage(other, backup.folder, now_ms=NOON_MS)
    assert everything(other) == before


def test_newer_entries_are_not_given_up(backup, kiosk):
    write(kiosk, sale("visit-new"))
    before = everything(kiosk)
    with pytest.raises(BackupError, match="newer entries that would be lost"):
        stage(kiosk, backup.folder, now_ms=NOON_MS)
    assert everything(kiosk) == before


def test_entries_that_the_backup_lacks_are_not_given_up(backup, kiosk, stick, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(kiosk, older)
    write(kiosk, sale("visit-here"))
    newer = make_backup(kiosk, stick, now_ms=NOON_MS + 1000, software=SOFTWARE)
    write(older, sale("visit-there"))
    with pytest.raises(BackupError, match="entries that the backup lacks"):
        stage(older, newer.folder, now_ms=NOON_MS)


def test_an_older_image_of_the_same_kiosk_gives_way_also_after_it_was_started(
    kiosk, stick, tmp_path
):
    older = tmp_path / "older"
    shutil.copytree(kiosk, older)
    write(kiosk, sale("visit-here"))
    newer = make_backup(kiosk, stick, now_ms=NOON_MS, software=SOFTWARE)
    write(older, Boot("adal"), AdminOpened("asel"))
    found, result = restore(older, newer)
    assert (found, result.must_enrol) == (Standing.BEHIND, True)
    assert verify(older).entry_count == newer.entries


def test_a_damaged_journal_gives_way_and_is_kept(backup, kiosk):
    path = kiosk / JOURNAL_FILE
    path.write_bytes(b"\xff" * 4096 + path.read_bytes()[4096:])
    damaged = path.read_bytes()
    found, result = restore(kiosk, backup)
    assert (found, result.must_enrol) == (Standing.DAMAGED, True)
    aside = next(kiosk.glob("before-*"))
    assert (aside / JOURNAL_FILE).read_bytes() == damaged
    assert (aside / keys.IDENTITY_FILE).exists()
    assert (aside / keys.key_file(1)).exists()


def test_where_the_same_entry_is_the_last_the_key_stays_and_the_kiosk_goes_on(backup, kiosk):
    found, result = restore(kiosk, backup)
    assert (found, result.must_enrol) == (Standing.SAME, False)
    write(kiosk, sale("visit-after"))
    assert verify(kiosk).ok
    assert (kiosk / "enrolment.json").exists()


def test_a_price_that_flips_after_a_restore_is_noticed(kiosk, stick, tmp_path):
    for version, price in ((4, 180), (5, 190)):
        goods = wire.ProductMessage("tea", {"kk": "Шай"}, price, codes=("05000159461122",))
        document = msgspec.json.encode(wire.CatalogueDocument(version, [goods]))
        CatalogueStore(kiosk).replace(document)
    backup = make_backup(kiosk, stick, now_ms=NOON_MS, software=SOFTWARE)
    fresh = tmp_path / "new disk"
    fresh.mkdir()
    (fresh / SUMS_NAME).write_text("0" * 64)  # of what was here before
    restore(fresh, backup)
    assert CatalogueStore(fresh).load().version == 5
    file = fresh / FILE_NAME
    file.write_bytes(file.read_bytes().replace(b"190", b"790"))
    assert [x.price_tenge for x in CatalogueStore(fresh).load().products] == [180]


def test_where_the_journal_is_the_same_its_products_stay_with_their_sums(kiosk, stick):
    CatalogueStore(kiosk).replace(b'{"version": 4, "products": []}')
    backup = make_backup(kiosk, stick, now_ms=NOON_MS, software=SOFTWARE)
    CatalogueStore(kiosk).replace(b'{"version": 5, "products": []}')
    before = {name: (kiosk / name).read_bytes() for name in (FILE_NAME, SUMS_NAME)}
    found, _result = restore(kiosk, backup)
    assert found is Standing.SAME
    assert {name: (kiosk / name).read_bytes() for name in before} == before


def test_with_force_newer_entries_are_put_aside_not_deleted(backup, kiosk):
    write(kiosk, sale("visit-new"))
    before = everything(kiosk)
    found, result = restore(kiosk, backup, force=True)
    assert (found, result.done) == (Standing.AHEAD, True)
    assert verify(kiosk).entry_count == backup.entries
    aside = everything(next(kiosk.glob("before-*")))
    assert aside[JOURNAL_FILE] == before[JOURNAL_FILE]


# --- asked now, done at the next start --------------------------------------------------------


def test_a_restore_waits_for_the_next_start_and_needs_no_stick_then(backup, stick, tmp_path):
    fresh = tmp_path / "new disk"
    write(fresh, Boot("adal"))
    running_journal = Journal.open(fresh)
    stage(fresh, backup.folder, now_ms=NOON_MS)
    assert waiting(fresh).manifest == backup.manifest
    with pytest.raises(JournalError, match="Another Adal"):
        carry_out_request(fresh)
    running_journal.close()
    shutil.rmtree(stick)
    assert carry_out_request(fresh).done
    assert verify(fresh).kiosk_id == backup.kiosk_id
    assert waiting(fresh) is None
    assert last_result(fresh).must_enrol


def test_what_was_sold_after_the_asking_is_not_given_up(backup, tmp_path):
    fresh = tmp_path / "new disk"
    name = write(fresh, Boot("adal"))
    stage(fresh, backup.folder, now_ms=NOON_MS)
    write(fresh, sale("visit-meanwhile"))
    result = carry_out_request(fresh)
    assert not result.done
    assert "Nothing was changed" in result.message
    assert verify(fresh).kiosk_id == name
    assert waiting(fresh) is None


def test_a_restore_that_was_called_off_does_not_happen(backup, tmp_path):
    fresh = tmp_path / "new disk"
    name = write(fresh, Boot("adal"))
    stage(fresh, backup.folder, now_ms=NOON_MS)
    call_off(fresh)
    assert waiting(fresh) is None
    assert carry_out_request(fresh) is None
    assert verify(fresh).kiosk_id == name


def test_a_start_without_a_request_changes_nothing(kiosk):
    before = everything(kiosk)
    assert carry_out_request(kiosk) is None
    assert everything(kiosk) == before


def test_a_copy_that_a_power_cut_ended_is_no_request(backup, kiosk):
    half = kiosk / STAGE_FOLDER / "files"
    half.mkdir(parents=True)
    (half / JOURNAL_FILE).write_bytes(b"half a journal")
    before = {name: bytes_ for name, bytes_ in everything(kiosk).items() if "restoring" not in name}
    assert carry_out_request(kiosk) is None
    assert everything(kiosk) == before


def test_a_damaged_backup_is_refused_and_leaves_no_request(backup, tmp_path):
    path = backup.folder / JOURNAL_FILE
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(BackupError, match="is damaged"):
        stage(tmp_path / "new disk", backup.folder, now_ms=NOON_MS)
    assert waiting(tmp_path / "new disk") is None


class PlugPulledError(Exception):
    pass


def test_the_plug_pulled_before_any_renaming_loses_nothing(kiosk, stick, tmp_path):
    """At each renaming once: the next start ends where an undisturbed one would have."""
    backup = make_backup(kiosk, stick, now_ms=NOON_MS, software=SOFTWARE)
    template = tmp_path / "template"
    write(template, Boot("adal"))
    (template / "pictures").mkdir()
    (template / "pictures/old.png").write_bytes(b"an old picture")
    CatalogueStore(template).replace(b'{"version": 9, "products": []}')
    stage(template, backup.folder, now_ms=NOON_MS)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(template, undisturbed)
    carry_out_request(undisturbed)
    wanted = everything(undisturbed)
    assert wanted.pop(RESULT_FILE)

    for cut_at in itertools.count():
        directory = tmp_path / f"cut-{cut_at}"
        shutil.copytree(template, directory)
        moves = itertools.count()

        def move(source, target, moves=moves, cut_at=cut_at):
            if next(moves) == cut_at:
                raise PlugPulledError
            source.replace(target)

        try:
            carry_out_request(directory, move)
        except PlugPulledError:
            assert carry_out_request(directory).done
            found = everything(directory)
            assert found.pop(RESULT_FILE)
            assert found == wanted
        else:
            break
    assert cut_at >= 8, "fewer renamings than files: the test showed nothing"


# --- and then: a new epoch --------------------------------------------------------------------


def enrol_again(directory: Path, server) -> None:
    """What ``python -m kiosk enrol`` does for a restored kiosk."""
    lost = renewal.waiting(directory)
    given = enrolment.enrol(
        server.url,
        server.code(),
        kiosk_id=lost.kiosk_id,
        epoch=lost.epoch,
        key=keys.prepare_epoch_key(directory),
        software=SOFTWARE,
    )
    renewal.begin_epoch(directory, given.epoch, bytes.fromhex(given.link_hash))
    enrolment.save(given, directory / "enrolment.json")


def send(directory: Path) -> State:
    """Runs the kiosk's uploader until it is in step or stuck."""
    journal = Journal.open(directory)
    enrolled = enrolment.load(directory / "enrolment.json")
    uploader = Uploader(journal, enrolled, UploaderSettings(interval_s=0.05, backoff_s_min=0.01))
    uploader.start()
    wait_until(lambda: uploader.status.state in (State.IN_STEP, State.FORKED, State.REFUSED))
    state = uploader.status.state
    uploader.stop()
    journal.close()
    return state


def test_a_restored_kiosk_enrols_again_and_its_sales_reach_the_centre_without_a_fork(
    tmp_path, stick
):
    directory, new_disk = tmp_path / "kiosk", tmp_path / "new disk"
    with running(sqlite_url(tmp_path)) as server:
        server.add_shop()
        write(directory, sale("before"))
        identity = keys.load_identity(directory)
        given = enrolment.enrol(
            server.url,
            server.code(),
            kiosk_id=identity.kiosk_id,
            epoch=1,
            key=identity.key,
            software=SOFTWARE,
        )
        enrolment.save(given, directory / "enrolment.json")
        backup = make_backup(directory, stick, now_ms=NOON_MS, software=SOFTWARE)
        write(directory, sale("after the backup"))
        assert send(directory) is State.IN_STEP

        restore(new_disk, backup)
        enrol_again(new_disk, server)
        write(new_disk, sale("after the restore"))
        assert send(new_disk) is State.IN_STEP

        held = server.store.read(lambda c: c.execute(watermark.select()).all())
        marks = {row.epoch: row.seq for row in held}
        assert server.store.read(lambda c: c.execute(quarantine.select()).all()) == []
    assert marks == {1: 2, 2: 1}
    assert verify(new_disk).ok


def test_a_new_epoch_that_is_cut_off_ends_the_same_at_the_next_try(backup, tmp_path, monkeypatch):
    fresh = tmp_path / "new disk"
    restore(fresh, backup)
    keys.prepare_epoch_key(fresh)
    link = b"\x07" * 32
    with monkeypatch.context() as patch:
        patch.setattr(keys, "save_identity", lambda *_: (_ for _ in ()).throw(PlugPulledError))
        with pytest.raises(PlugPulledError):
            renewal.begin_epoch(fresh, 2, link)
    assert renewal.begin_epoch(fresh, 2, link).epoch == 2
    assert renewal.waiting(fresh) is None
    write(fresh, sale("visit-after"))
    assert verify(fresh).ok


@pytest.mark.parametrize(("epoch", "link"), [(1, b"\x07" * 32), (2, b"short")])
def test_an_epoch_that_cannot_follow_is_refused(backup, tmp_path, epoch, link):
    fresh = tmp_path / "new disk"
    restore(fresh, backup)
    keys.prepare_epoch_key(fresh)
    with pytest.raises(JournalError, match="cannot follow epoch 1"):
        renewal.begin_epoch(fresh, epoch, link)


def test_a_kiosk_with_its_own_name_waits_for_no_epoch(kiosk):
    assert renewal.waiting(kiosk) is None
    with pytest.raises(JournalError, match="Enrol it as usual"):
        renewal.begin_epoch(kiosk, 2, b"\x07" * 32)
