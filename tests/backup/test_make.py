import itertools
import shutil
import threading
from concurrent.futures import wait
from pathlib import Path

import pytest

from kiosk.backup.check import Stage, check
from kiosk.backup.make import WORK_FOLDER, make_backup
from kiosk.backup.manifest import MANIFEST_FILE, BackupError, Trouble, find, is_wanted
from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.verify import verify
from tests.journal.support import NOON_MS, sale, surgery

SOFTWARE = "adal test"


def backup(kiosk: Path, stick: Path, **options):
    return make_backup(kiosk, stick, now_ms=NOON_MS, software=SOFTWARE, **options)


def test_a_backup_holds_journal_products_and_pictures_and_says_where_the_journal_ends(kiosk, stick):
    made = backup(kiosk, stick)
    report = verify(kiosk)
    names = {file.path for file in made.manifest.files}
    assert names == {
        JOURNAL_FILE,
        "catalogue.json",
        "catalogue.previous.json",
        "pictures/samsa.png",
    }
    assert made.manifest.head_hash == report.heads[-1].hash.hex()
    assert (made.kiosk_id, made.entries) == (report.kiosk_id, report.entry_count)
    assert made.folder.name == f"adal-backup-{report.kiosk_id}-20270209-050000"
    assert check(made.folder) == made
    assert find(stick) == [made]


def test_no_key_no_token_and_no_pin_is_on_the_stick(kiosk, stick):
    backup(kiosk, stick)
    files = [path for path in stick.rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix == ".key" or "identity" in path.name]
    everything = b"".join(path.read_bytes() for path in files)
    for secret in (b"PRIVATE KEY", b"of the centre", b"a hash"):
        assert secret not in everything


def test_a_backup_taken_while_entries_are_written_is_whole_and_verified(kiosk, stick):
    journal = Journal.open(kiosk)
    writing, numbers = threading.Event(), itertools.count(1000)
    stop = threading.Event()

    def sell() -> None:
        while not stop.is_set():
            journal.append(sale(f"visit-{next(numbers)}")).result(10)
            writing.set()

    seller = threading.Thread(target=sell)
    seller.start()
    try:
        writing.wait(10)
        before = journal.head().seq
        made = backup(kiosk, stick)
        after = journal.head().seq
    finally:
        stop.set()
        seller.join(20)
        journal.close()
    assert before <= made.manifest.seq <= after
    assert after > before, "nothing was sold meanwhile: the test showed nothing"
    assert check(made.folder).entries == made.entries
    assert verify(kiosk).ok


def test_the_writer_waits_for_the_own_disk_only(kiosk, stick):
    """While the stick is being written, sales go through: the journal's moment was taken before."""
    journal = Journal.open(kiosk)
    sold = []

    def progress(stage: Stage, _share: float) -> None:
        if stage in (Stage.COPY, Stage.READ_BACK, Stage.ENTRIES):
            sold.append(journal.append(sale(f"visit-{len(sold)}-{stage}")))

    made = backup(kiosk, stick, progress=progress)
    assert not wait(sold, 20).not_done
    assert {one.result().seq > made.manifest.seq for one in sold} == {True}
    journal.close()


def test_progress_names_each_stage_and_reaches_its_end(kiosk, stick):
    heard: dict[Stage, float] = {}
    backup(kiosk, stick, progress=lambda stage, share: heard.update({stage: share}))
    assert heard == dict.fromkeys(Stage, 1.0)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stick_pulled_out_is_said_clearly_and_leaves_nothing_half(kiosk, stick, stage):
    before = sorted(path.name for path in kiosk.iterdir())

    def pull_out(at: Stage, _share: float) -> None:
        if at is stage:
            shutil.rmtree(stick, ignore_errors=True)

    with pytest.raises(BackupError) as refused:
        backup(kiosk, stick, progress=pull_out)
    assert refused.value.trouble is Trouble.GONE
    assert not stick.exists(), "a folder in its place would be on another disk"
    assert sorted(path.name for path in kiosk.iterdir()) == before
    assert verify(kiosk).ok


@pytest.mark.parametrize("stage", list(Stage))
def test_a_backup_that_is_stopped_leaves_nothing(kiosk, stick, stage):
    def stop(at: Stage, _share: float) -> None:
        if at is stage:
            raise BackupError("Stopped.")

    with pytest.raises(BackupError, match="Stopped"):
        backup(kiosk, stick, progress=stop)
    assert list(stick.iterdir()) == []
    assert not (kiosk / WORK_FOLDER).exists()


def test_what_a_pulled_plug_left_is_cleared_away_by_the_next_backup(kiosk, stick):
    half = stick / "adal-backup-0123456789abcdef-20260101-000000.part"
    half.mkdir()
    (half / JOURNAL_FILE).write_bytes(b"half a journal")
    (kiosk / WORK_FOLDER).mkdir()
    (kiosk / WORK_FOLDER / JOURNAL_FILE).write_bytes(b"half a journal")
    made = backup(kiosk, stick)
    assert list(stick.iterdir()) == [made.folder]


def test_a_stick_without_room_is_refused_before_anything_is_copied(kiosk, stick, monkeypatch):
    real = shutil.disk_usage
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda path: real(path)._replace(free=1000 if path == stick else 10**12),
    )
    with pytest.raises(BackupError, match=r"MB free; \d+ MB are needed"):
        backup(kiosk, stick)
    assert list(stick.iterdir()) == []


def test_a_place_that_is_not_there_is_refused(kiosk, tmp_path):
    with pytest.raises(BackupError, match="is not there"):
        backup(kiosk, tmp_path / "nothing")


def test_a_folder_without_a_journal_is_no_kiosk(tmp_path, stick):
    with pytest.raises(JournalError, match="no journal"):
        backup(tmp_path / "nobody", stick)


def test_two_backups_in_one_second_stand_side_by_side(kiosk, stick):
    assert backup(kiosk, stick).folder != backup(kiosk, stick).folder
    assert len(find(stick)) == 2


# --- damage is found ---------------------------------------------------------------------------


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [JOURNAL_FILE, "catalogue.json", "pictures/samsa.png"])
@pytest.mark.parametrize("where", [0, 0.5, 1])
def test_one_flipped_bit_anywhere_is_found(kiosk, stick, name, where):
    made = backup(kiosk, stick)
    path = made.folder / name
    flip(path, int(where * (path.stat().st_size - 1)))
    with pytest.raises(BackupError, match="damaged"):
        check(made.folder)


def test_a_missing_file_is_found(kiosk, stick):
    made = backup(kiosk, stick)
    (made.folder / "catalogue.previous.json").unlink()
    with pytest.raises(BackupError, match=r"catalogue\.previous\.json is missing"):
        check(made.folder)


def test_a_stick_that_writes_something_else_than_it_was_given_is_found_at_once(kiosk, stick):
    def scratch(stage: Stage, _share: float) -> None:
        for path in stick.rglob("samsa.png"):
            if stage is Stage.READ_BACK:
                flip(path, 5)

    with pytest.raises(BackupError, match=r"samsa\.png is damaged"):
        backup(kiosk, stick, progress=scratch)
    assert list(stick.iterdir()) == []


def test_a_journal_that_was_changed_with_other_tools_makes_no_backup(kiosk, stick):
    with surgery(kiosk) as connection:
        connection.execute("UPDATE entry SET payload = CAST(payload || ' ' AS BLOB) WHERE seq = 3")
    with pytest.raises(BackupError, match="entry 1/3 was changed"):
        backup(kiosk, stick)
    assert list(stick.iterdir()) == []


def test_a_manifest_that_names_another_end_is_found(kiosk, stick):
    made = backup(kiosk, stick)
    path = made.folder / MANIFEST_FILE
    path.write_text(path.read_text().replace(made.manifest.head_hash, "0" * 64))
    with pytest.raises(BackupError, match="not the one that its manifest names"):
        check(made.folder)


def test_a_folder_without_a_manifest_is_no_backup(stick):
    (stick / "adal-backup-x").mkdir()
    with pytest.raises(BackupError, match="is no backup"):
        check(stick / "adal-backup-x")
    assert find(stick) == []


@pytest.mark.parametrize(
    "path",
    [
        "identity.json",
        "kiosk-1.key",
        "volunteers.json",
        "../catalogue.json",
        "/etc/passwd",
        "pictures/../../x.png",
        "pictures/deep/x.png",
        "journal.sqlite3-journal",
    ],
)
def test_a_stick_can_plant_nothing_that_no_backup_holds(kiosk, stick, path):
    assert not is_wanted(path)
    made = backup(kiosk, stick)
    manifest = made.folder / MANIFEST_FILE
    manifest.write_text(manifest.read_text().replace("catalogue.previous.json", path))
    with pytest.raises(BackupError, match="no backup holds"):
        check(made.folder)
