"""Pictures of products from a camera frame or a file on a stick."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from kiosk.admin import product_pictures
from kiosk.admin.pages import Page
from kiosk.admin.ports import Place
from kiosk.admin.product_pictures import (
    SIDE_PX,
    PictureError,
    keep_file,
    keep_frame,
    picture_files,
    with_thumbnail,
)
from kiosk.admin.product_state import Note, Part

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)


def kept(directory, stem):
    with Image.open(directory / "pictures" / f"{stem}.png") as picture:
        return picture.convert("RGB")


def near(pixel, colour):
    return all(abs(a - b) < 12 for a, b in zip(pixel, colour, strict=True))


def red_with_blue_ends(wide, high):
    picture = Image.new("RGB", (wide, high), RED)
    end = (wide - high) // 2
    picture.paste(BLUE, (0, 0, end, high))
    picture.paste(BLUE, (wide - end, 0, wide, high))
    return picture


def test_the_middle_of_a_camera_frame_becomes_a_square(tmp_path):
    frame = np.asarray(red_with_blue_ends(640, 480))
    picture = kept(tmp_path, keep_frame(frame, tmp_path))
    assert picture.size == (SIDE_PX, SIDE_PX)
    corners = [(3, 3), (SIDE_PX - 4, 3), (3, SIDE_PX - 4), (SIDE_PX - 4, SIDE_PX - 4)]
    assert all(near(picture.getpixel(at), RED) for at in corners)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_a_file_becomes_a_square_of_the_same_size(tmp_path, ending):
    file = tmp_path / f"pack.{ending}"
    red_with_blue_ends(900, 600).save(file)
    picture = kept(tmp_path, keep_file(file, tmp_path))
    assert picture.size == (SIDE_PX, SIDE_PX)
    assert near(picture.getpixel((5, 256)), RED)
    assert near(picture.getpixel((506, 256)), RED)


def test_a_photo_that_was_taken_upright_stands_upright(tmp_path):
    lying = Image.new("RGB", (300, 300), RED)
    lying.paste(BLUE, (0, 0, 300, 150))
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was turned: show it a quarter to the right
    lying.save(tmp_path / "p.jpg", exif=turned)
    picture = kept(tmp_path, keep_file(tmp_path / "p.jpg", tmp_path))
    assert near(picture.getpixel((480, 256)), BLUE)
    assert near(picture.getpixel((30, 256)), RED)


def test_a_see_through_picture_stands_on_white(tmp_path):
    Image.new("RGBA", (50, 50), (200, 30, 30, 0)).save(tmp_path / "p.png")
    assert kept(tmp_path, keep_file(tmp_path / "p.png", tmp_path)).getpixel((9, 9)) == WHITE


def test_the_same_picture_has_the_same_name_and_another_one_another(tmp_path):
    grey, black = np.full((64, 64, 3), 90, np.uint8), np.zeros((64, 64, 3), np.uint8)
    assert keep_frame(grey, tmp_path) == keep_frame(grey, tmp_path) != keep_frame(black, tmp_path)
    assert len(list((tmp_path / "pictures").iterdir())) == 2


BAD_FILES = {
    "words": b"this is no picture",
    "empty": b"",
    "cut": None,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_picture_is_refused_by_name_and_nothing_is_kept(tmp_path, kind):
    file = tmp_path / "bad.jpg"
    content = BAD_FILES[kind]
    if content is None:
        red_with_blue_ends(900, 600).save(file)
        content = file.read_bytes()[:1000]
    file.write_bytes(content)
    with pytest.raises(PictureError, match=r"bad\.jpg"):
        keep_file(file, tmp_path)
    assert not (tmp_path / "pictures").exists()


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path):
    file = tmp_path / "bomb.png"
    Image.new("1", (12_000, 12_000)).save(file)
    assert file.stat().st_size < 100_000
    with pytest.raises(PictureError, match="too large"):
        keep_file(file, tmp_path)


def test_a_huge_file_is_refused_unread(tmp_path):
    file = tmp_path / "huge.jpg"
    with file.open("wb") as out:
        out.truncate(100_000_000)
    with pytest.raises(PictureError, match="too large"):
        keep_file(file, tmp_path)


def test_a_full_disk_leaves_no_half_picture(tmp_path):
    script = (
        "import resource, sys, numpy\n"
        "from pathlib import Path\n"
        "from kiosk.admin.product_pictures import PictureError, keep_frame\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "noise = numpy.random.default_rng(1).integers(0, 255, (512, 512, 3), numpy.uint8)\n"
        "try:\n"
        "    keep_frame(noise, Path(sys.argv[1]))\n"
        "except PictureError as error:\n"
        "    print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert "free some space" in told
    assert list((tmp_path / "pictures").glob("*.png")) == []


def test_pictures_on_a_stick_are_found_newest_first(tmp_path):
    stick = tmp_path / "stick"
    (stick / "DCIM" / "100").mkdir(parents=True)
    for age, name in enumerate(["b.JPG", "DCIM/100/a.png", "c.webp"]):
        (stick / name).write_bytes(b"x")
        os.utime(stick / name, (1000 - age, 1000 - age))
    for name in ("notes.txt", "._b.JPG", ".hidden.png"):
        (stick / name).write_bytes(b"x")
    assert [file.name for file in picture_files([stick])] == ["b.JPG", "a.png", "c.webp"]
    assert picture_files([tmp_path / "gone"]) == ()


def test_a_thumbnail_is_the_middle_and_missing_for_a_bad_file(tmp_path):
    red_with_blue_ends(900, 600).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"?")
    good, bad = map(with_thumbnail, picture_files([tmp_path]))
    if good.name != "a.png":
        good, bad = bad, good
    assert len(good.thumbnail) == good.side_px**2 * 3
    assert near(tuple(good.thumbnail[:3]), RED)
    assert bad.thumbnail is None


def test_only_pictures_that_were_made_here_are_ever_deleted(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "tea.png").write_bytes(b"x")
    product_pictures.forget("tea", tmp_path)
    assert (folder / "tea.png").exists()
    product_pictures.forget("photo-gone", tmp_path)


# --- through the editor ---


@pytest.fixture
def stick(back_room, tmp_path, monkeypatch):
    folder = tmp_path / "stick"
    folder.mkdir()
    own = tmp_path / "exports"
    own.mkdir()
    red_with_blue_ends(90, 60).save(own / "own.png")
    places = (Place(folder, "STICK", True, 10**9), Place(own, "kiosk", False, 10**9))
    monkeypatch.setattr(back_room.office, "places", lambda: places)
    return folder


def test_a_picture_is_picked_from_a_stick_page_by_page(back_room, stick):
    for number in range(11):
        red_with_blue_ends(90, 60).save(stick / f"{number:02}.png")
        os.utime(stick / f"{number:02}.png", (2000 - number, 2000 - number))
    desk = back_room.open(Page.PRODUCT, "samsa")
    desk.pictures.open_files()
    back_room.settle()
    state = desk.state
    assert (state.part, state.files_pages, state.looking) == (Part.FILES, 2, False)
    assert [f.name for f in state.files] == [f"{n:02}.png" for n in range(8)]
    assert all(f.thumbnail for f in state.files)
    desk.pictures.turn(+1)
    back_room.settle()
    desk.pictures.turn(+1)
    back_room.settle()
    assert [f.name for f in desk.state.files] == ["08.png", "09.png", "10.png"]
    desk.pictures.pick(5)
    desk.pictures.pick(1)
    back_room.settle()
    assert desk.state.part is Part.FORM
    desk.save()
    back_room.settle()
    assert kept(back_room.directory, back_room.product("samsa").picture).size == (SIDE_PX, SIDE_PX)


def test_a_bad_file_is_said_and_another_can_be_picked(back_room, stick):
    (stick / "bad.png").write_bytes(b"?")
    desk = back_room.open(Page.PRODUCT, "samsa")
    desk.pictures.open_files()
    back_room.settle()
    desk.pictures.pick(0)
    back_room.settle()
    assert back_room.notes == [Note.PICTURE_FAILED]
    assert (desk.state.part, desk.state.picturing) == (Part.FILES, False)


def test_a_stick_without_pictures_shows_an_empty_page(back_room, stick):
    desk = back_room.open(Page.PRODUCT, "samsa")
    desk.pictures.open_files()
    back_room.settle()
    assert (desk.state.files, desk.state.looking) == ((), False)
    desk.back()
    assert desk.state.part is Part.PICTURE
