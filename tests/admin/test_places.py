from pathlib import Path

import pytest

from kiosk.admin.places import find_places


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


def found(tmp_path: Path, media: Path, *lines: str) -> list[tuple[str, bool]]:
    mounts = tmp_path / "mounts"
    mounts.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    places = find_places(tmp_path / "exports", mounts, (str(media),))
    return [(place.name, place.is_stick) for place in places]


OWN = ("exports", False)


def test_without_a_stick_there_is_the_kiosks_own_folder(tmp_path, media):
    assert found(tmp_path, media, "proc /proc proc rw 0 0") == [OWN]
    assert (tmp_path / "exports").is_dir()


def test_without_a_list_of_mounts_there_is_the_own_folder(tmp_path):
    places = find_places(tmp_path / "exports", tmp_path / "nothing")
    assert [place.path for place in places] == [tmp_path / "exports"]


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs3", "ext4", "fuseblk"])
def test_a_stick_comes_before_the_own_folder_with_its_free_bytes(tmp_path, media, kind):
    (media / "STICK").mkdir()
    line = f"/dev/sdb1 {media}/STICK {kind} rw,nosuid 0 0"
    assert found(tmp_path, media, line) == [("STICK", True), OWN]
    assert find_places(tmp_path / "exports", tmp_path / "mounts", (str(media),))[0].free_bytes > 0


def test_names_with_spaces_and_kazakh_letters_are_read(tmp_path, media):
    (media / "Менің дискім").mkdir()
    line = f"/dev/sdb1 {media}/Менің\\040дискім vfat rw 0 0"
    assert found(tmp_path, media, line) == [("Менің дискім", True), OWN]


def test_a_stick_that_cannot_be_written_is_left_out(tmp_path, media):
    (media / "LOCKED").mkdir()
    assert found(tmp_path, media, f"/dev/sdb1 {media}/LOCKED vfat ro,nosuid 0 0") == [OWN]


def test_a_folder_that_refuses_writing_is_left_out(tmp_path, media, monkeypatch):
    (media / "REFUSED").mkdir()
    monkeypatch.setattr("os.access", lambda path, _mode: "REFUSED" not in str(path))
    assert found(tmp_path, media, f"/dev/sdb1 {media}/REFUSED vfat rw 0 0") == [OWN]


def test_a_stick_that_was_pulled_out_is_left_out(tmp_path, media):
    assert found(tmp_path, media, f"/dev/sdb1 {media}/GONE vfat rw 0 0") == [OWN]


def test_other_file_systems_and_other_folders_are_no_sticks(tmp_path, media):
    (media / "NET").mkdir()
    lines = (
        f"server:/x {media}/NET nfs4 rw 0 0",
        f"/dev/sda1 {tmp_path} ext4 rw 0 0",
        f"tmpfs {media}/NET tmpfs rw 0 0",
        "garbage",
        "",
    )
    assert found(tmp_path, media, *lines) == [OWN]


def test_several_sticks_stand_by_name_and_once_each(tmp_path, media):
    for name in ("beta", "Alfa"):
        (media / name).mkdir()
    lines = [f"/dev/sd{name[0]} {media}/{name} vfat rw 0 0" for name in ("beta", "Alfa", "beta")]
    assert found(tmp_path, media, *lines) == [("Alfa", True), ("beta", True), OWN]
